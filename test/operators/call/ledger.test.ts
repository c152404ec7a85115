import fc from 'fast-check';
import { from, last, map, type Observable, timestamp } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DropReason, CallEvent, ReplyEnded } from '../../../operators/events.ts';
import type { Timed } from '../../../operators/call/latency.ts';
import { type Cost, type Entry, ledger, type Ledger } from '../../../operators/call/ledger.ts';
import { turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const ended = (reply: number, heardMs = 300): ReplyEnded => ({
  type: 'ReplyEnded',
  reply,
  text: 'Sure.',
  heard: heardMs > 0 ? 'Sure.' : '',
  heardMs,
  audioMs: 300,
  interrupted: heardMs === 0,
});

/** A draft of reply 1 and a reply 2, both to the same turn; 3 answers none. */
const happenings: Record<string, CallEvent> = {
  ...turns,
  d: { type: 'DraftStarted', turn: '0:0', reply: 1 },
  x: { type: 'DraftDropped', turn: '0:0', reply: 1, reason: 'resumed', tokens: 2, characters: 6 },
  k: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: true },
  q: { type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: false },
  g: { type: 'ReplyStarted', reply: 3, drafted: false },
  t: { type: 'Token', reply: 1, text: 'Sure' },
  T: { type: 'Token', reply: 2, text: 'Sure' },
  w: { type: 'Sentence', reply: 1, text: '**Sure**.', spoken: 'Sure.' },
  W: { type: 'Sentence', reply: 2, text: 'Sure.', spoken: 'Sure.' },
  G: { type: 'Sentence', reply: 3, text: 'Hello!', spoken: 'Hello!' },
  a: { type: 'AudioStarted', reply: 1 },
  A: { type: 'AudioStarted', reply: 2 },
  h: { type: 'SpeechStarted', reply: 1 },
  H: { type: 'SpeechStarted', reply: 2 },
  1: ended(1),
  2: ended(2),
  3: ended(3),
  0: ended(1, 0),
};

/** Each happening at its frame. */
const timed = (source: Observable<CallEvent>): Observable<Timed> =>
  source.pipe(
    timestamp(),
    map(({ value, timestamp: at }) => ({ ...value, at })),
  );

const none: Cost = { count: 0, tokens: 0, characters: 0 };
const dropped: Record<DropReason, Cost> = {
  resumed: none,
  changed: none,
  superseded: none,
  timeout: none,
  failed: none,
  started: none,
  closed: none,
};
const begun: Ledger = {
  started: 1,
  kept: none,
  dropped,
  asked: none,
  said: none,
  all: none,
  wonMs: 0,
  won: 0,
  shed: { drafts: 0, speech: 0 },
};

/** The ledger after reply 1 was kept: one token, five characters. */
const kept = (wonMs: number | null): Ledger => {
  const one = { count: 1, tokens: 1, characters: 5 };
  const latest: Entry = { reply: 1, turn: '0:0', fate: 'kept', tokens: 1, characters: 5, wonMs };
  return { ...begun, kept: one, all: one, wonMs: wonMs ?? 0, won: wonMs === null ? 0 : 1, latest };
};

describe('ledger', () => {
  it(
    'counts a dropped draft under its reason, with its cost',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-w-t-r-x-|', happenings);
      const subs = '        ^----------------!';
      const expected = '    -----1---------2-|';
      const cost = { count: 1, tokens: 2, characters: 6 };
      const latest: Entry = { reply: 1, turn: '0:0', fate: 'resumed', tokens: 2, characters: 6, wonMs: null };

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, {
        1: begun,
        2: { ...begun, dropped: { ...dropped, resumed: cost }, all: cost, latest },
      });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'counts shed speech at its draft, and shed drafts when their turn is answered',
    marbles((m) => {
      const shed: typeof happenings = {
        ...happenings,
        d: { type: 'DraftStarted', turn: '0:0', reply: 1, unspoken: true },
        q: { type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: false, shed: 2 },
      };
      const source = m.hot('-s-e-d-r-x-E-q-2-|', shed);
      const expected = '    -----1---2---3-4-|';
      const cost = { count: 1, tokens: 2, characters: 6 };
      const latest: Entry = { reply: 1, turn: '0:0', fate: 'resumed', tokens: 2, characters: 6, wonMs: null };
      const one = { ...begun, shed: { drafts: 0, speech: 1 } };
      const two = { ...one, dropped: { ...dropped, resumed: cost }, all: cost, latest };
      const three = { ...two, shed: { drafts: 2, speech: 1 } };
      const asked = { count: 1, tokens: 0, characters: 0 };
      const four = {
        ...three,
        asked,
        all: { ...cost, count: 2 },
        latest: { reply: 2, turn: '0:0', fate: 'asked', tokens: 0, characters: 0, wonMs: null } as const,
      };

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: one, 2: two, 3: three, 4: four });
    }),
  );

  it(
    'counts the lead of a kept draft that had no token yet',
    marbles((m) => {
      const source = m.hot('-s-e-d------E-k-t-w-a-h-1-|', happenings); // 14 - 5
      const expected = '    -----1------------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(9) });
    }),
  );

  it(
    'counts the lead of a kept draft that had no sentence yet',
    marbles((m) => {
      const source = m.hot('-s-e-d-t----E-k-w-a-h-1-|', happenings); // 14 - 5
      const expected = '    -----1----------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(9) });
    }),
  );

  it(
    'counts at most the time to the first audio, if that came before the end of the turn',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-w-a------E-k-h-1-|', happenings); // 11 - 5
      const expected = '    -----1------------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(6) });
    }),
  );

  it(
    'counts the lead if the first audio came after the end of the turn',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-w-E-k------a-h-1-|', happenings); // 13 - 5
      const expected = '    -----1------------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(8) });
    }),
  );

  it(
    'counts the time to the first token if the sentences waited for the end of the turn',
    marbles((m) => {
      const source = m.hot('-s-e-d-t------E-(kw)--a-h-1-|', happenings); // 7 - 5
      const expected = '    -----1--------------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(2) });
    }),
  );

  it(
    'counts no time for a reply that was not heard',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-w-a-E-k-s-0-|', happenings);
      const expected = '    -----1-------------2-|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: kept(null) });
    }),
  );

  it(
    'keeps an interrupted turn out of the figures of the next',
    marbles((m) => {
      const source = m.hot('-s-e-d-t-w-E-k-s-0-E-q-T-W-A-H-2-|', happenings);
      const expected = '    -----1-----------2-------------3-|';
      const cut = kept(null);
      const asked = { count: 1, tokens: 1, characters: 5 };
      const all = { count: 2, tokens: 2, characters: 10 };
      const latest: Entry = { reply: 2, turn: '0:0', fate: 'asked', tokens: 1, characters: 5, wonMs: null };

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun, 2: cut, 3: { ...cut, asked, all, latest } });
    }),
  );

  it(
    'does not use the figures of a draft for another reply with its number',
    marbles((m) => {
      const anew = { ...happenings, q: { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false } as const };
      const source = m.hot('-s-e-d-t-w-E-q-h-1-|', anew);
      const expected = '    -----1-----------2-|';
      const cost = { count: 1, tokens: 0, characters: 0 };
      const latest: Entry = { reply: 1, turn: '0:0', fate: 'asked', tokens: 0, characters: 0, wonMs: null };

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, {
        1: begun,
        2: { ...begun, asked: cost, all: cost, latest },
      });
    }),
  );

  it(
    'counts a greeting separately',
    marbles((m) => {
      const source = m.hot('-g-G-3-|', happenings);
      const expected = '    -----1-|';
      const said = { count: 1, tokens: 0, characters: 6 };
      const latest: Entry = { reply: 3, fate: 'said', tokens: 0, characters: 6, wonMs: null };

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, {
        1: { ...begun, started: 0, said, all: said, latest },
      });
    }),
  );

  it(
    'ignores replies whose start it did not receive',
    marbles((m) => {
      const source = m.hot('-t-w-h-1-d-1-|', happenings);
      const expected = '    ---------1---|';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun });
    }),
  );

  it(
    'completes empty without events, and emits nothing while no draft starts',
    marbles((m) => {
      m.expect(m.cold('|').pipe(timed, ledger())).toBeObservable('|');
      m.expect(m.cold('-').pipe(timed, ledger())).toBeObservable('-');
      m.expect(m.cold('-s-E-q', happenings).pipe(timed, ledger())).toBeObservable('-');
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const source = m.hot('-d-#', happenings);
      const expected = '    -1-#';

      m.expect(source.pipe(timed, ledger())).toBeObservable(expected, { 1: begun });
    }),
  );

  it(
    'unsubscribes from its source when its subscriber leaves, and starts from zero for the next',
    marbles((m) => {
      const source = m.hot('-d-x-d-|', happenings);
      const unsub = '       --!     ';
      const resub = '       ----^   ';
      const firstSubs = '   ^-!     ';
      const secondSubs = '  ----^--!';
      const expected = '    -1-     ';
      const again = '       -----1-|';
      const book = source.pipe(timed, ledger());

      m.expect(book, unsub).toBeObservable(expected, { 1: begun });
      m.expect(book, resub).toBeObservable(again, { 1: begun });
      m.expect(source).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it('adds up, in any order of events', () => {
    const any = fc.array(fc.constantFrom(...Object.values(happenings)), { maxLength: 80 });
    fc.assert(
      fc.property(any, (all) => {
        from(all.map((happening, at) => ({ ...happening, at })))
          .pipe(ledger(), last(undefined, begun))
          .subscribe((book) => {
            const posts = [book.kept, book.asked, book.said, ...Object.values(book.dropped)];
            const sum = (of: keyof Cost) => posts.reduce((total, post) => total + post[of], 0);

            expect(book.all).toEqual({ count: sum('count'), tokens: sum('tokens'), characters: sum('characters') });
            expect(book.won).toBeLessThanOrEqual(book.kept.count);
            expect(book.wonMs).toBeGreaterThanOrEqual(0);
          });
      }),
    );
  });

  it('forgets old replies that never ended', () => {
    const events: Timed[] = [];
    for (let reply = 1; reply <= 1000; reply++)
      events.push({ type: 'ReplyStarted', turn: '0:0', reply, drafted: false, at: reply });
    events.push({ ...ended(1), at: 2000 }, { ...ended(1000), at: 2001 });
    const entered: (number | undefined)[] = [];
    from(events)
      .pipe(ledger())
      .subscribe(({ latest }) => entered.push(latest?.reply));

    expect(entered).toEqual([1000]);
  });
});
