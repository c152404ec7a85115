import { concatMap, defer, finalize, takeWhile } from 'rxjs';
import { bytesPerSecond } from '../listen/audioClock.ts';
import type { Backend, BackendInput, BackendOutput } from '../backend.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { scriptedThink } from './scriptedThink.ts';
import { isLoss, Story } from './fluxScript.ts';

/**
 * A backend that plays a scenario: exactly its rows, legal or not, by audio time over the whole call. The next connection after
 * a `drop`, an `error` or a fault goes on with the rows, any other starts at the first; so a backend with drops is for one call after another.
 */
export function scripted(scenario: Scenario): Backend {
  const story = new Story(scenario.flux ?? []);
  const { model, speech, faults, seed } = scenario;
  const clearLagMs = speech?.lateMs;
  let clock = () => 0;
  return {
    name: 'scripted',
    ...(clearLagMs !== undefined && { clearLagMs }),
    ...(faults !== undefined && { faults }),
    ...(seed !== undefined && { seed }),
    markPlace: () => story.mark(story.droppedAt ?? clock()),
    listen: (settings) => (inputs) =>
      defer(() => {
        const { rows, teller } = story.connect();
        const rate = bytesPerSecond(settings);
        let bytes = 0;
        let next = 0;
        const now = () => teller.from + (bytes * 1000) / rate;
        clock = now;
        const dueRows = (): BackendOutput[] => {
          const first = next;
          let row = rows[next];
          while (row && row.at <= now()) {
            row = isLoss(row) ? undefined : rows[next + 1];
            next++;
          }
          return rows.slice(first, next).map((row) => teller.tell(row));
        };
        const hear = (input: BackendInput): BackendOutput[] => {
          if (input instanceof Uint8Array) {
            bytes += input.length;
            const rows = dueRows();
            const isLate = teller.hears((bytes * 1000) / rate, now());
            return isLate ? [...rows, teller.update(now())] : rows;
          }
          if (input.type === 'Answer') return [input.message];
          return input.type === 'ForceEndTurn' ? [teller.forceEnd(now())] : [];
        };
        return inputs.pipe(
          concatMap(hear),
          takeWhile((output) => !('drop' in output), true),
          finalize(() => {
            clock = () => 0;
            story.leave();
          }),
        );
      }),
    think: scriptedThink(model === undefined ? {} : { model }), // the emulator has the faults
    speak: scriptedSpeak(speech),
    close: () => Promise.resolve(),
  };
}
