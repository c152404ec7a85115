import {
  asyncScheduler,
  connect,
  defer,
  endWith,
  filter,
  finalize,
  ignoreElements,
  map,
  merge,
  NEVER,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Wire } from '../../wire/wire.ts';
import { bytesPerSecond } from '../listen/audioClock.ts';
import { asWire } from '../server/peer.ts';
import { withFaults } from '../faults/farFaults.ts';
import { Faults } from '../faults/faults.ts';
import { refusing } from '../faults/refusing.ts';
import { variantOf } from '../faults/variant.ts';
import { lazily } from './lazily.ts';
import { listening } from '../listen/listen.ts';
import { defaultSettings } from '../listen/listenSettings.ts';
import type { ListenSettings, Backend, BackendInput } from '../backend.ts';
import type { Scenario } from './scenario.ts';
import { Story } from './fluxScript.ts';
import { varied } from '../faults/varied.ts';

/**
 * A scenario's Flux as a wire, in whatever time it is run: each row at its `at`, counted from the subscription that began the
 * call. `Configure`, `ForceEndTurn` and `CloseStream` are answered as Flux does; of audio only the length is heard.
 *
 *     rows      { at: 5, message: s }  { at: 9, drop: true }  { at: 15, message: E }
 *     first     C----s---#
 *     second             ----C-E--          reconnectMs: 4
 *
 * A drop errors it with `closed` (1006), an `error` row with `closed` (1005) after the message. The next subscription after
 * either stands `reconnectMs` later and goes on with the rows; any other begins a new call. That memory is the scenario's, so
 * one wire is one call after another, not several at once. Faults of `listen` act, and a connection that one of them took is
 * followed like one that was dropped.
 *
 * `settings`: what the query would have said; `Configure` is checked against it.
 */
export function fluxWire(scenario: Scenario, settings: Partial<ListenSettings> = {}): Wire {
  const { flux = [], reconnectMs = 300, faults, seed } = scenario;
  const story = new Story(flux);
  const trouble = new Faults(faults, seed);
  let began = 0;
  let connections = 0;
  return (frames) =>
    defer(() => {
      const { droppedAt } = story;
      if (droppedAt === undefined) began = asyncScheduler.now();
      const stands = droppedAt === undefined ? began : began + droppedAt + reconnectMs;
      const hits = trouble.next('listen');
      const variant = variantOf(hits);
      const markPlace = () => story.mark(asyncScheduler.now() - began);
      return timer(Math.max(0, stands - asyncScheduler.now())).pipe(
        tap(() => {
          refusing(hits, markPlace);
        }),
        switchMap(() => {
          const call = {
            listen: byClock(story, began),
            settings: { ...defaultSettings, ...settings },
            requestId: requestIdOf(connections++),
            variant,
          };
          return frames.pipe(asWire(withFaults(varied(listening(call), variant), hits, markPlace)));
        }),
      );
    });
}

/** A backend that goes by the clock, not by the audio. */
function byClock(story: Story, began: number): Backend['listen'] {
  return (settings) => (inputs) =>
    defer(() => {
      const { rows, teller } = story.connect();
      const bytesPerMs = bytesPerSecond(settings) / 1000;
      let bytes = 0;
      const now = () => asyncScheduler.now() - began;
      const hears = ({ length }: Uint8Array) => teller.hears((bytes += length) / bytesPerMs, now());
      return inputs.pipe(
        filter((input): input is Asked => (input instanceof Uint8Array ? hears(input) : input.type !== 'Settings')),
        connect((asked) => {
          const told = merge(lazily(rows, began), NEVER).pipe(map((row) => teller.tell(row)));
          const answered = asked.pipe(
            map((input) => {
              if (input instanceof Uint8Array) return teller.update(now());
              return input.type === 'Answer' ? input.message : teller.forceEnd(now());
            }),
          );
          const closed = asked.pipe(ignoreElements(), endWith(true));
          return merge(answered, told).pipe(takeUntil(closed));
        }),
        finalize(() => story.leave()),
      );
    });
}

/** What is answered: of audio only that which makes an `Update` due. */
type Asked = Exclude<BackendInput, { readonly type: 'Settings' }>;

/** The same ids every time: a simulated call is the same bytes. */
function requestIdOf(connection: number): string {
  return `00000000-0000-4000-8000-${String(connection).padStart(12, '0')}`;
}
