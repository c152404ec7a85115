import fc from 'fast-check';
import { concat, defer, EMPTY, finalize, map, merge, NEVER, of, takeUntil, tap, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { CueEvent, ListenEvent, TurnEvent, TurnIgnored } from '../../../operators/events.ts';
import { holdUntil } from '../../../operators/core/holdUntil.ts';
import { replyMap, type On } from '../../../operators/turns/replyMap.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';
import { replyMapOracle } from '../../model/replyMapOracle.ts';

type Told = ListenEvent | TurnIgnored | CueEvent;

const values: Record<string, Told> = {
  ...turns,
  B: turnEvent('EndOfTurn', 'Book a table!'),
  X: turnEvent('EndOfTurn', 'cook a table'),
  g: turnEvent('EagerEndOfTurn', 'book a cable'),
  y: turnEvent('EagerEndOfTurn', 'Book a table'),
  L: { type: 'TurnLost', turn: '0:0' },
  c: { type: 'Cue', cue: 'cut' },
  p: { type: 'Cue', cue: 'pause' },
};

describe('replyMap', () => {
  it(
    'answers an end of turn',
    marbles((m) => {
      const source = m.hot('   -s-----E---------|', values);
      const reply = m.cold('         --a-b|     ');
      const replySubs = '      -------^----!     ';
      const expected = '       ---------a-b-----|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'drops the draft when the turn resumes',
    marbles((m) => {
      const source = m.hot('  -s--e----r---e--E------|', values);
      const reply = m.cold('      --a-b-c-d|          ');
      const firstSubs = '     ----^----!             ';
      const secondSubs = '    -------------^--------!';
      const expected = '      ------a-b------a-b-c-d-|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'keeps the draft at an end with the same words in another spelling',
    marbles((m) => {
      const source = m.hot('  -s--e----B---|', values);
      const reply = m.cold('      --a-b-c|  ');
      const replySubs = '     ----^------!  ';
      const expected = '      ------a-b-c--|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'keeps the draft at an eager end with the same words',
    marbles((m) => {
      const source = m.hot('  -s--e--y-B---|', values);
      const reply = m.cold('      --a-b-c|  ');
      const replySubs = '     ----^------!  ';
      const expected = '      ------a-b-c--|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'starts again when the words have changed, at an eager end or an end',
    marbles((m) => {
      const source = m.hot('  -s--e--g--X-----|', values);
      const reply = m.cold('      --a-b|       ');
      const replySubs = [
        '                     ----^--!         ',
        '                     -------^--!      ',
        '                     ----------^----! ',
      ];
      const expected = '      ------a--a--a-b-|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'drops a draft when another turn starts, and does not settle it at the end of that turn',
    marbles((m) => {
      const source = m.hot('  -s--e----S---D------|', values);
      const reply = m.cold('      ------a|         ');
      const firstSubs = '     ----^----!           ';
      const secondSubs = '    -------------^------!';
      const expected = '      -------------------a|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'drops the draft of a lost turn',
    marbles((m) => {
      const source = m.hot('  -s--e--L-----|', values);
      const reply = m.cold('      -----a|   ');
      const replySubs = '     ----^--!      ';
      const expected = '      -------------|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'asks again at the end when the draft was empty',
    marbles((m) => {
      const source = m.hot('  -s--e----E----|', values);
      const reply = m.cold('      --|        ');
      const firstSubs = '     ----^-!     ';
      const secondSubs = '    ---------^-!';
      const expected = '      --------------|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'answers once when a draft settles and completes in the same tick',
    marbles((m) => {
      const source = m.hot('  -s--e----E---|', values);
      const reply = m.cold('      --a|      ');
      const replySubs = '     ----^--!      ';
      const expected = '      ---------a---|';

      m.expect(source.pipe(replyMap((_, { settled }) => reply.pipe(holdUntil(settled))))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'starts again when the same end comes again, also if a draft had answered it and was cancelled',
    marbles((m) => {
      const source = m.hot('  -s--e--E--c--E-----|', values);
      const reply = m.cold('      --------a|      ');
      const firstSubs = '     ----^-----!            ';
      const secondSubs = '    -------------^--------!';
      const expected = '      ---------------------a|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'drops a waiting draft when the turns complete',
    marbles((m) => {
      const source = m.hot('  -s--e--|     ', values);
      const reply = m.cold('      --a---b| ');
      const replySubs = '     ----^--!     ';
      const expected = '      ------a|     ';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'lets a settled reply finish when the turns complete',
    marbles((m) => {
      const source = m.hot('  -s--E--|     ', values);
      const reply = m.cold('      --a---b| ');
      const replySubs = '     ----^------! ';
      const expected = '      ------a---b| ';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'cues a reply to stop, so that it can emit the words heard',
    marbles((m) => {
      const source = m.hot('  -s--E-----c---|', values);
      const reply = m.cold('      -a-b-c-d-e|');
      const replySubs = '     ----^-----!    ';
      const expected = '      -----a-b-cz---|';

      m.expect(source.pipe(replyMap((_, { cues }) => concat(reply.pipe(takeUntil(cues)), of('z'))))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'stops a reply that ignores the cut',
    marbles((m) => {
      const source = m.hot('  -s--E-----c---|', values);
      const reply = m.cold('      -a-b-c-d-e|');
      const replySubs = '     ----^-----!    ';
      const expected = '      -----a-b-c----|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'passes cues only to settled replies',
    marbles((m) => {
      const source = m.hot('  -s--e-p--E-p--c-|', values);
      const expected = '      -----------a--b-|';

      m.expect(source.pipe(replyMap((_, { cues }) => cues))).toBeObservable(expected, { a: 'pause', b: 'cut' });
    }),
  );

  it(
    'cuts a reply that is still heard when another turn ends, and answers that turn afterwards',
    marbles((m) => {
      const source = m.hot('  -s--E---D------|   ', values);
      const reply = m.cold('      -a-b-c-d|      ');
      const firstSubs = '     ----^---!        ';
      const secondSubs = '    --------^-------!';
      const expected = '      -----a-bza-b-c-d(z|)';

      m.expect(source.pipe(replyMap((_, { cues }) => concat(reply.pipe(takeUntil(cues)), of('z'))))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'makes no draft while a reply is heard',
    marbles((m) => {
      const source = m.hot('  -s--E---d----|', values);
      const reply = m.cold('      -a-b-c-d| ');
      const replySubs = '     ----^-------! ';
      const expected = '      -----a-b-c-d-|';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'notifies a reply when its turn is settled, also if it subscribes late',
    marbles((m) => {
      const source = m.hot('  -s--e----B---|', values);
      const late = m.cold('       -------|  ');
      const expected = '      -----------B-|';

      m.expect(source.pipe(replyMap((_, { settled }) => concat(late, settled)))).toBeObservable(expected, values);
    }),
  );

  it(
    'emits nothing when there are no events',
    marbles((m) => {
      const source = m.hot('  ----|', values);
      const expected = '      ----|';

      m.expect(source.pipe(replyMap(() => NEVER))).toBeObservable(expected);
    }),
  );

  it(
    'passes an error of the turns and stops the reply',
    marbles((m) => {
      const source = m.hot('  -s--E---#', values);
      const reply = m.cold('      -a---b');
      const replySubs = '     ----^---!';
      const expected = '      -----a--#';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it(
    'passes an error of a reply and unsubscribes from the turns',
    marbles((m) => {
      const source = m.hot('  -s--E-------|', values);
      const sourceSubs = '    ^-----!      ';
      const reply = m.cold('      -a#      ');
      const expected = '      -----a#      ';

      m.expect(source.pipe(replyMap(() => reply))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'errors when the callback throws',
    marbles((m) => {
      const source = m.hot('  -s--E-------|', values);
      const sourceSubs = '    ^---!        ';
      const expected = '      ----#        ';
      const thrower = (): Observable<string> => {
        throw 'error';
      };

      m.expect(source.pipe(replyMap(thrower))).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'stops turns and reply when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('  -s--E-------|', values);
      const sourceSubs = '    ^------!     ';
      const reply = m.cold('      -a---b-c|');
      const replySubs = '     ----^--!     ';
      const leave = '         -------!     ';
      const expected = '      -----a--     ';

      m.expect(source.pipe(replyMap(() => reply)), leave).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(reply).toHaveSubscriptions(replySubs);
    }),
  );

  it.each([
    ['-s-e-r-|', 'resumed'],
    ['-s-e-g-|', 'changed'],
    ['-s-e-X-|', 'changed'],
    ['-s-e-S-|', 'started'],
    ['-s-e-d-|', 'superseded'],
    ['-s-e-D-|', 'superseded'],
    ['-s-e-L-|', 'superseded'],
    ['-s-e-|  ', 'closed'],
  ])('of %s says that the draft is %s', (source, reason) => {
    const said: string[] = [];
    new TestScheduler(() => undefined).run(({ hot, flush }) => {
      const turns$ = hot(source, values);
      turns$
        .pipe(replyMap((turn, { dropped }) => (turn.type === 'EagerEndOfTurn' ? dropped : EMPTY)))
        .subscribe((why) => said.push(why));
      flush();
    });
    expect(said[0]).toBe(reason);
  });

  it('does the same as a hand-written state machine, in any order of events', () => {
    const event = fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .record({
            type: fc.constantFrom('StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn' as const),
            transcript: fc.constantFrom('book', 'Book.', 'book a table'),
            turn: fc.constantFrom('0:0', '0:1', '0:2'),
          })
          .map(({ type, transcript, turn }): Told => turnEvent(type, transcript, turn)),
      },
      { weight: 2, arbitrary: fc.constantFrom<Told>(values['c']!, values['p']!, values['L']!) },
    );
    const row = fc.record({ gap: fc.constantFrom(0, 1, 2, 3, 7), event });
    const script = fc.record({
      rows: fc.array(row, { minLength: 3, maxLength: 14, size: 'max' }),
      fates: fc.array(fc.constantFrom('speaks', 'holds', 'fails', 'quits', 'deaf'), { minLength: 1 }),
    });

    const run = (
      operator: typeof replyMap,
      { rows, fates }: { rows: { gap: number; event: Told }[]; fates: string[] },
    ): string[] => {
      const log: string[] = [];
      const scheduler = new TestScheduler(() => undefined);
      const note = (what: string) => log.push(`${scheduler.now()} ${what}`);
      let count = 0;
      let live = 0;
      const reply = (turn: TurnEvent, { settled, dropped, cues }: On): Observable<string> => {
        const name = `${count} ${turn.type} ${turn.turn}`;
        const fate = fates[count++ % fates.length];
        if (fate === 'quits') return EMPTY;
        if (fate === 'fails') return timer(3).pipe(map(() => `${name} failed`));
        const words = merge(...[2, 4, 6].map((at) => timer(at).pipe(map(() => `${name} ${at}`))));
        const spoken = words.pipe(fate === 'holds' ? holdUntil(settled) : (all) => all);
        const said =
          fate === 'deaf'
            ? spoken
            : concat(
                spoken.pipe(takeUntil(cues.pipe(tap((cue) => note(`${name} ${cue}`))))),
                defer(() => of(`${name} ended`)),
              );
        return said.pipe(
          takeUntil(dropped.pipe(tap((why) => note(`${name} ${why}`)))),
          finalize(() => live--),
          tap({ subscribe: () => live++ }),
        );
      };
      scheduler.run(({ flush }) => {
        const source = concat(...rows.map(({ gap, event: next }) => timer(gap).pipe(map(() => next))));
        source
          .pipe(operator(reply))
          .subscribe({ next: note, error: (error: unknown) => note(`error ${String(error)}`), complete: () => note('complete') });
        flush();
      });
      note(`${live} alive`);
      return log;
    };
    let drops = 0;
    fc.assert(
      fc.property(script, (generated) => {
        const ours = run(replyMap, generated);
        drops += ours.filter((line) => /resumed|changed|started|superseded|closed|cut/.test(line)).length;
        expect(ours).toEqual(run(replyMapOracle as typeof replyMap, generated));
      }),
      { numRuns: 5000, seed: 4 },
    );
    expect(drops).toBeGreaterThan(2000);
  });
});
