import fc from 'fast-check';
import { map, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ListenEvent, TurnEvent } from '../../operators/events.ts';
import { flux } from '../../src/flux/flux.ts';
import { withSeededRandom } from '../../src/testing/withSeededRandom.ts';
import { runInVirtualTime } from '../../src/testing/runInVirtualTime.ts';
import { caller, hearing, spoken } from './kept.ts';

interface Heard {
  readonly events: readonly ListenEvent[];
  readonly end: string;
  /** The words of the turns that ended, in the order in which they were emitted. */
  readonly words: readonly number[];
}

/** What is heard of six turns of six words, the connection being lost at these times. */
function call(lostAt: readonly number[], seed = 1): Heard {
  const chunks = caller(6, 6);
  const events: ListenEvent[] = [];
  let end = 'open';
  withSeededRandom(seed, () =>
    runInVirtualTime({
      start: () => {
        timer(0, 80)
          .pipe(
            take(chunks.length),
            map((k) => spoken(chunks[k] ?? 0)),
            flux({}, hearing(lostAt)),
          )
          .subscribe({
            next: (event) => events.push(event),
            error: (error: unknown) => (end = String(error)),
            complete: () => (end = 'complete'),
          });
      },
      over: () => end !== 'open',
      stop: () => undefined,
      untilMs: 120_000,
    }),
  );
  const ends = events.filter((event): event is TurnEvent => event.type === 'EndOfTurn');
  return { events, end, words: ends.flatMap(({ transcript }) => transcript.split(' ').map(Number)) };
}

const all = Array.from({ length: 36 }, (_, k) => k + 1);

describe('flux, when its connection is lost,', () => {
  it('gets every word once, at any moment of the loss', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 14_000 }), { maxLength: 4 }), fc.nat(1000), (lostAt, seed) => {
        const { end, words } = call(lostAt, seed);

        expect(end).toBe('complete');
        expect(words).toEqual(all);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('emits the failure, the lost turn, the new connection, and the turn under another name', () => {
    const { events } = call([1000]);
    const around = events.filter(({ type }) => type !== 'Update').slice(0, 8);

    expect(around).toMatchObject([
      { type: 'Connected' },
      { type: 'StartOfTurn', turn: '0:0', transcript: '1' },
      { type: 'Failure', stage: 'listen', code: 'closed', recovered: true },
      { type: 'TurnLost', turn: '0:0' },
      { type: 'Connected' },
      { type: 'Reconnected', gapMs: 90, droppedMs: 0 },
      { type: 'StartOfTurn', turn: '1:0', transcript: '1' },
      { type: 'EndOfTurn', turn: '1:0', transcript: '1 2 3 4 5 6' },
    ]);
  });

  it('keeps the audio clock of the call', () => {
    const ends = (heard: Heard) => heard.events.flatMap((event) => (event.type === 'EndOfTurn' ? [event.audioEndMs] : []));

    expect(ends(call([1000, 5000, 9000]))).toEqual(ends(call([])));
  });
});
