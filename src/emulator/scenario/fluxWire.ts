import { asyncScheduler, connect, defer, endWith, finalize, ignoreElements, map, merge, switchMap, takeUntil, timer } from 'rxjs';
import { severally } from '../../../operators/core/severally.ts';
import type { Wire } from '../../wire/wire.ts';
import type { Backend, BackendInput, BackendOutput, ListenSettings } from '../backend.ts';
import { Faults, variantOf } from '../faults/faults.ts';
import { withFaults } from '../faults/peerFaults.ts';
import { throwIfRefused } from '../faults/refusedBy.ts';
import { withVariant } from '../faults/withVariant.ts';
import { bytesPerSecond } from '../listen/audioClock.ts';
import { listenPeer } from '../listen/listen.ts';
import { defaultSettings } from '../listen/listenSettings.ts';
import { asWire } from '../server/peer.ts';
import { FluxScript } from './fluxScript.ts';
import { lazily } from './lazily.ts';
import type { Scenario } from './scenario.ts';

/**
 * Plays a scenario's Flux as a wire, in real or virtual time: each row at its `at`, counted from the subscription that began the
 * call. Answers `Configure`, `ForceEndTurn` and `CloseStream` as Flux does. Of audio only the length counts.
 *
 *     rows      { at: 5, message: s }  { at: 9, drop: true }  { at: 15, message: E }
 *     first     C----s---#
 *     second             ----C-E--          reconnectMs: 4
 *
 * A drop errors the wire with `closed` (1006); an `error` row does so with `closed` (1005), after its message. The next
 * subscription connects `reconnectMs` later and continues with the rows; any other subscription begins a new call. The wire
 * remembers this, so use it for one call at a time. Faults of `listen` apply; a fault that ends a connection counts as a drop.
 *
 * `settings` replaces the parameters of the query. `Configure` is checked against it.
 */
export function fluxWire(scenario: Scenario, settings: Partial<ListenSettings> = {}): Wire {
  const { flux = [], reconnectMs = 300, faults, seed } = scenario;
  const script = new FluxScript(flux);
  const connectionFaults = new Faults(faults, seed);
  let began = 0;
  let connections = 0;
  return (frames) =>
    defer(() => {
      const { droppedAt } = script;
      if (droppedAt === undefined) began = asyncScheduler.now();
      const connectAt = droppedAt === undefined ? began : began + droppedAt + reconnectMs;
      const hits = connectionFaults.next('listen');
      const variant = variantOf(hits);
      const markPlace = () => script.mark(asyncScheduler.now() - began);
      return timer(Math.max(0, connectAt - asyncScheduler.now())).pipe(
        switchMap(() => {
          throwIfRefused(hits, markPlace);
          const call = {
            listen: byClock(script, began),
            settings: { ...defaultSettings, ...settings },
            requestId: requestIdOf(connections++),
            variant,
          };
          return frames.pipe(asWire(withFaults(withVariant(listenPeer(call), variant), hits, markPlace)));
        }),
      );
    });
}

/** Plays the rows by the clock, not by the audio. */
function byClock(script: FluxScript, began: number): Backend['listen'] {
  return (settings) => (inputs) =>
    defer(() => {
      const { rows, player } = script.connect();
      const bytesPerMs = bytesPerSecond(settings) / 1000;
      let bytes = 0;
      const now = () => asyncScheduler.now() - began;
      const played = lazily(rows, began).pipe(map((row) => player.play(row)));
      const answer = (input: BackendInput): BackendOutput[] => {
        if (input instanceof Uint8Array) {
          const isUpdateDue = player.advance((bytes += input.length) / bytesPerMs, now());
          return isUpdateDue ? [player.update(now())] : [];
        }
        if (input.type === 'Answer') return [input.message];
        return input.type === 'ForceEndTurn' ? [player.forceEnd(now())] : [];
      };
      return inputs.pipe(
        severally(answer),
        connect((answers) => merge(answers, played.pipe(takeUntil(answers.pipe(ignoreElements(), endWith(true)))))),
        finalize(() => script.leave()),
      );
    });
}

/** The same ids in every run, so that a simulated call is the same bytes. */
function requestIdOf(connection: number): string {
  return `00000000-0000-4000-8000-${String(connection).padStart(12, '0')}`;
}
