import { concatMap, defer, takeWhile } from 'rxjs';
import { bytesPerSecond } from './audioClock.ts';
import type { Mind, MindInput, MindOutput } from './mind.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { scriptedThink } from './scriptedThink.ts';
import { Story } from './story.ts';

/**
 * A mind that plays a scenario: exactly its rows, legal or not, by audio time over the whole call. The next connection after
 * a `drop` goes on with the rows, any other starts at the first; so a mind with drops is for one call after another.
 */
export function scripted(scenario: Scenario): Mind {
  const story = new Story(scenario.flux ?? []);
  const clearLagMs = scenario.speech?.lateMs;
  return {
    name: 'scripted',
    ...(clearLagMs !== undefined && { clearLagMs }),
    listen: (settings) => (inputs) =>
      defer(() => {
        const { rows, teller } = story.connect();
        const rate = bytesPerSecond(settings);
        let bytes = 0;
        let next = 0;
        const clock = () => teller.from + (bytes * 1000) / rate;
        const dueRows = (): MindOutput[] => {
          const first = next;
          let row = rows[next];
          while (row && row.at <= clock()) {
            row = 'drop' in row ? undefined : rows[next + 1];
            next++;
          }
          return rows.slice(first, next).map((row) => teller.tell(row));
        };
        const hear = (input: MindInput): MindOutput[] => {
          if (input instanceof Uint8Array) {
            bytes += input.length;
            return dueRows();
          }
          if (input.type === 'Answer') return [input.message];
          return input.type === 'ForceEndTurn' ? [teller.forceEnd(clock())] : [];
        };
        return inputs.pipe(
          concatMap(hear),
          takeWhile((output) => !('drop' in output), true),
        );
      }),
    think: scriptedThink(scenario),
    speak: scriptedSpeak(scenario.speech),
    close: () => Promise.resolve(),
  };
}
