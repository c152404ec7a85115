import { concatMap, defer, finalize, takeWhile } from 'rxjs';
import type { Backend, BackendInput, BackendOutput } from '../backend.ts';
import { bytesPerSecond } from '../listen/audioClock.ts';
import { FluxScript, isLoss } from './fluxScript.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { scriptedThink } from './scriptedThink.ts';

/**
 * A backend that plays a scenario: exactly its rows, legal or not, by audio time over the whole call. After a `drop`, an `error`
 * or a fault the next connection continues with the rows; any other connection starts at the first row. So a scenario with drops
 * serves one call at a time.
 */
export function scripted(scenario: Scenario): Backend {
  const script = new FluxScript(scenario.flux ?? []);
  const { model, speech, faults, seed } = scenario;
  const clearLagMs = speech?.lateMs;
  let clock = () => 0;
  return {
    name: 'scripted',
    ...(clearLagMs !== undefined && { clearLagMs }),
    ...(faults !== undefined && { faults }),
    ...(seed !== undefined && { seed }),
    markPlace: () => script.mark(script.droppedAt ?? clock()),
    listen: (settings) => (inputs) =>
      defer(() => {
        const { rows, player } = script.connect();
        const rate = bytesPerSecond(settings);
        let bytes = 0;
        let next = 0;
        const now = () => player.from + (bytes * 1000) / rate;
        clock = now;
        const dueRows = (): BackendOutput[] => {
          const first = next;
          let row = rows[next];
          while (row && row.at <= now()) {
            row = isLoss(row) ? undefined : rows[next + 1];
            next++;
          }
          return rows.slice(first, next).map((row) => player.play(row));
        };
        const answer = (input: BackendInput): BackendOutput[] => {
          if (input instanceof Uint8Array) {
            bytes += input.length;
            const due = dueRows();
            const isUpdateDue = player.advance((bytes * 1000) / rate, now());
            return isUpdateDue ? [...due, player.update(now())] : due;
          }
          if (input.type === 'Answer') return [input.message];
          return input.type === 'ForceEndTurn' ? [player.forceEnd(now())] : [];
        };
        return inputs.pipe(
          concatMap(answer),
          takeWhile((output) => !('drop' in output), true),
          finalize(() => {
            clock = () => 0;
            script.leave();
          }),
        );
      }),
    think: scriptedThink(model === undefined ? {} : { model }), // The emulator applies the faults.
    speak: scriptedSpeak(speech),
    close: () => Promise.resolve(),
  };
}
