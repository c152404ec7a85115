import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fluxViolations } from '../../../src/flux/conform.ts';
import type { TurnInfo } from '../../../src/flux/messages.ts';
import { TurnMessages, type TurnSettings, type TurnWord } from '../../../src/local/turnMessages.ts';
import { thresholds, withThresholds, type Thresholds } from '../../../src/record/tune/thresholds.ts';
import { info, worked } from '../../flux/worked.ts';
import { marbles } from '../../withMarbles.ts';
import { messagesOfCaller, type SpokenPart } from '../scriptedCallers.ts';

const { C, u, s, v, e, r, w, f, E, U } = worked;
const recorded = [C, u, s, v, e, r, w, f, E, U];

/** `[event, turn, end of window, transcript]`, and why it ended. */
const told = (messages: readonly unknown[], settings?: Thresholds) =>
  withThresholds(messages, settings).flatMap((message) =>
    message.type === 'TurnInfo'
      ? [
          [
            message.event,
            message.turn_index,
            message.audio_window_end,
            message.transcript,
            ...(message.trigger ? [message.trigger] : []),
            ...(message.assumed ? ['assumed'] : []),
          ],
        ]
      : [],
  );

describe('thresholds', () => {
  it('gives back what was recorded, with the thresholds of the recording', () => {
    expect(told(recorded, { eagerEotThreshold: 0.4 })).toEqual([
      ['Update', 0, 0.24, ''],
      ['StartOfTurn', 0, 0.56, "What's"],
      ['Update', 0, 0.8, "What's my balance"],
      ['EagerEndOfTurn', 0, 1.12, "What's my balance?"],
      ['TurnResumed', 0, 1.36, "What's my balance on"],
      ['Update', 0, 1.6, "What's my balance on savings?"],
      ['EagerEndOfTurn', 0, 1.84, "What's my balance on savings?"],
      ['EndOfTurn', 0, 2, "What's my balance on savings?", 'model'],
      ['Update', 1, 2.24, ''],
    ]);
  });

  it('ends a turn earlier, at the first message that was as sure', () => {
    expect(told(recorded, { eotThreshold: 0.5 }).slice(5)).toEqual([
      ['Update', 0, 1.6, "What's my balance on savings?"],
      ['EndOfTurn', 0, 1.84, "What's my balance on savings?", 'model'],
      ['Update', 1, 2, '', 'assumed'],
      ['Update', 1, 2.24, ''],
    ]);
  });

  it('has no eager ends unless they are asked for', () => {
    const events = told(recorded).map(([event]) => event);

    expect(events).not.toContain('EagerEndOfTurn');
    expect(events).not.toContain('TurnResumed');
    expect(told(recorded)[7]).toEqual(['EndOfTurn', 0, 2, "What's my balance on savings?", 'model']);
  });

  it('resumes a turn where it was resumed, though its text is the same', () => {
    const log = [
      C,
      s,
      e,
      info('TurnResumed', 0, 1.7, "What's my balance?", 0.05),
      info('Update', 0, 2, "What's my balance?", 0.1),
    ];

    expect(told(log, { eagerEotThreshold: 0.4 }).slice(1)).toEqual([
      ['EagerEndOfTurn', 0, 1.12, "What's my balance?"],
      ['TurnResumed', 0, 1.7, "What's my balance?"],
      ['Update', 0, 2, "What's my balance?"],
    ]);
  });

  it('has fewer eager ends where more is asked', () => {
    expect(told(recorded, { eagerEotThreshold: 0.5 }).filter(([event]) => event === 'EagerEndOfTurn')).toEqual([
      ['EagerEndOfTurn', 0, 1.84, "What's my balance on savings?"],
    ]);
  });

  it('gives the words after an end that comes too soon to the next turn', () => {
    const log = [
      C,
      info('StartOfTurn', 0, 0.5, 'My number', 0.1),
      info('Update', 0, 1, 'My number is', 0.55),
      info('Update', 0, 1.25, 'My number is', 0.6),
      info('Update', 0, 1.5, 'My number is four', 0.2),
      info('EndOfTurn', 0, 2, 'My number is four two.', 0.8, { trigger: 'model' }),
    ];

    expect(told(log, { eotThreshold: 0.5 })).toEqual([
      ['StartOfTurn', 0, 0.5, 'My number'],
      ['EndOfTurn', 0, 1, 'My number is', 'model'],
      ['Update', 1, 1.25, '', 'assumed'],
      ['StartOfTurn', 1, 1.5, 'four', 'assumed'],
      ['EndOfTurn', 1, 2, 'four two.', 'model', 'assumed'],
    ]);
  });

  it('finds those words in a language without spaces, by the words that Flux names', () => {
    const words = (...said: string[]) => ({ words: said.map((word) => ({ word, confidence: 1 })) });
    const log = [
      C,
      info('StartOfTurn', 0, 0.5, '你好', 0.1, words('你好')),
      info('Update', 0, 1, '你好', 0.6, words('你好')),
      info('EndOfTurn', 0, 2, '你好,世界', 0.8, words('你好,', '世界')),
    ];

    expect(told(log, { eotThreshold: 0.5 }).map(([event, turn, , transcript]) => [event, turn, transcript])).toEqual([
      ['StartOfTurn', 0, '你好'],
      ['EndOfTurn', 0, '你好'],
      ['StartOfTurn', 1, '世界'],
      ['EndOfTurn', 1, '世界'],
    ]);
  });

  it('lets a turn go on whose end came too soon, and says that this is assumed', () => {
    const log = [...recorded, info('StartOfTurn', 1, 2.5, 'And', 0.1), info('EndOfTurn', 1, 3, 'And loans.', 0.95)];

    expect(told(log, { eotThreshold: 0.9 }).slice(6)).toEqual([
      ['Update', 0, 1.84, "What's my balance on savings?"],
      ['Update', 0, 2, "What's my balance on savings?"],
      ['Update', 0, 2.24, "What's my balance on savings?", 'assumed'],
      ['Update', 0, 2.5, "What's my balance on savings? And", 'assumed'],
      ['EndOfTurn', 0, 3, "What's my balance on savings? And loans.", 'model', 'assumed'],
    ]);
  });

  it('ends a turn when the silence is too long, which begins with the end of the last word', () => {
    const words = { words: [{ word: 'Hello.', confidence: 1, start: 0.2, end: 0.5 }] };
    const log = [
      C,
      info('StartOfTurn', 0, 0.75, 'Hello.', 0.1, words),
      ...[1, 1.25, 1.5, 1.75].map((at) => info('Update', 0, at, 'Hello.', 0.2, words)),
    ];

    expect(told(log, { eotTimeoutMs: 1000 }).slice(2)).toEqual([
      ['Update', 0, 1.25, 'Hello.'],
      ['EndOfTurn', 0, 1.5, 'Hello.', 'timeout'],
      ['Update', 1, 1.75, '', 'assumed'],
    ]);
  });

  it('ends a turn of words without times where it was ended by silence', () => {
    // "Hello." is first read up to 0.25 s after it was said, so the silence seems shorter than it was
    const log = [
      C,
      info('StartOfTurn', 0, 0.75, 'Hello.', 0.1),
      info('EndOfTurn', 0, 5.5, 'Hello.', 0.2, { trigger: 'timeout' }),
    ];

    expect(told(log).at(-1)).toEqual(['EndOfTurn', 0, 5.5, 'Hello.', 'timeout']);
    expect(told(log, { eotTimeoutMs: 6000 }).at(-1)).toEqual(['Update', 0, 5.5, 'Hello.']);
  });

  it('ends a turn by hand where it was, and after an eager end too', () => {
    const log = [C, s, e, info('EndOfTurn', 0, 1.2, "What's my balance?", 0.3, { trigger: 'manual' })];

    expect(told(log, { eotThreshold: 1, eagerEotThreshold: 0.4 }).slice(1)).toEqual([
      ['EagerEndOfTurn', 0, 1.12, "What's my balance?"],
      ['EndOfTurn', 0, 1.2, "What's my balance?", 'manual'],
    ]);
  });

  it('begins anew with each connection, numbers the messages, and names its thresholds', () => {
    const success = { type: 'ConfigureSuccess', request_id: 'r-1', sequence_id: 2, thresholds: { eot_threshold: 0.8 } };
    const log = [C, s, success, { type: 'Connected', request_id: 'r-2', sequence_id: 0 }, JSON.parse(s) as unknown];

    expect(withThresholds(log, { eagerEotThreshold: 0.4 })).toMatchObject([
      { type: 'Connected', request_id: 'r-1', sequence_id: 0 },
      { event: 'StartOfTurn', request_id: 'r-1', sequence_id: 1, turn_index: 0 },
      {
        type: 'ConfigureSuccess',
        sequence_id: 2,
        thresholds: { eot_threshold: 0.7, eager_eot_threshold: 0.4, eot_timeout_ms: 5000 },
      },
      { type: 'Connected', request_id: 'r-2', sequence_id: 0 },
      { event: 'StartOfTurn', request_id: 'r-2', sequence_id: 1, turn_index: 0 },
    ]);
  });

  it.each<[Thresholds, string]>([
    [{ eotThreshold: 0.4 }, 'eotThreshold must be from 0.5 to 1, not 0.4'],
    [{ eagerEotThreshold: 0.8 }, 'eagerEotThreshold (0.8) must not be above eotThreshold (0.7)'],
    [{ eotTimeoutMs: 100 }, 'eotTimeoutMs must be from 500 to 60000, not 100'],
  ])('throws for %j', (settings, message) => {
    expect(() => thresholds(settings)).toThrow(message);
  });

  it(
    'says each message as it comes, completes and errors with its source',
    marbles((m) => {
      const source = m.hot('  C-s-e-E---|', worked);
      const expected = '      C-s-e-(rE)|';
      const failing = m.hot(' C-s-#', worked);
      const silent = m.hot('  ----|');
      const judge = thresholds({ eagerEotThreshold: 0.4 });
      const all = withThresholds([C, s, e, E], { eagerEotThreshold: 0.4 });
      const values = { C: all[0]!, s: all[1]!, e: all[2]!, r: all[3]!, E: all[4]! };

      m.expect(source.pipe(judge)).toBeObservable(expected, values);
      m.expect(failing.pipe(judge)).toBeObservable('C-s-#', values);
      m.expect(silent.pipe(judge)).toBeObservable('----|');
    }),
  );

  it(
    'begins anew for each subscriber, and leaves its source with it',
    marbles((m) => {
      const source = m.cold(' C-s-e-', worked);
      const sourceSubs = '    ^--!  ';
      const leave = '         ---!  ';
      const all = withThresholds([C, s]);
      const values = { C: all[0]!, s: all[1]! };
      const turns = source.pipe(thresholds());

      m.expect(turns, leave).toBeObservable('C-s-', values);
      m.expect(turns, leave).toBeObservable('C-s-', values);
      m.expect(source).toHaveSubscriptions([sourceSubs, sourceSubs]);
    }),
  );
});

const settings = fc
  .record({
    eotThreshold: fc.integer({ min: 50, max: 100 }),
    eager: fc.option(fc.integer({ min: 30, max: 90 }), { nil: undefined }),
    eotTimeoutMs: fc.integer({ min: 500, max: 6000 }),
  })
  .map(({ eotThreshold, eager, eotTimeoutMs }): Thresholds => {
    const eagerEotThreshold = eager === undefined ? {} : { eagerEotThreshold: Math.min(eager, eotThreshold) / 100 };
    return { eotThreshold: eotThreshold / 100, eotTimeoutMs, ...eagerEotThreshold };
  });

/** Pauses that are as sure as they get for more than the time between two messages. */
const stretch = fc
  .record({
    words: fc.integer({ min: 1, max: 5 }),
    wordMs: fc.integer({ min: 8, max: 40 }).map((tens) => tens * 10),
    slope: fc.constantFrom(0.2, 0.4, 0.5),
    peak: fc.constantFrom(0.2, 0.33, 0.47, 0.58, 0.72, 0.88, 1),
    holdMs: fc.integer({ min: 30, max: 300 }).map((tens) => tens * 10),
  })
  .map(({ holdMs, ...rest }): SpokenPart => ({
    ...rest,
    pauseMs: Math.ceil(((rest.peak / rest.slope) * 1000) / 10) * 10 + holdMs,
  }));
const caller = fc.array(stretch, { minLength: 1, maxLength: 6 });

/** The turns of messages, as far as thresholds decide them. */
const turnsOf = (messages: readonly object[]) =>
  (messages as readonly Partial<TurnInfo>[])
    .filter(({ type }) => type === 'TurnInfo')
    .map(({ event, turn_index, audio_window_start, audio_window_end = 0, transcript, words, trigger }) => ({
      ...{ event, turn_index, audio_window_start, audio_window_end, transcript, words, trigger },
    }));
const decisions = (messages: readonly object[]) => turnsOf(messages).filter(({ event }) => event !== 'Update');

/** What the local backend says of words with pauses between them; 240 ms a word, looked at every 20 ms. */
function localTurns(
  pauses: readonly { readonly words: number; readonly silenceMs: number }[],
  settings: TurnSettings,
): readonly object[] {
  const turns = new TurnMessages(settings);
  const messages: object[] = [{ type: 'Connected', request_id: 'r-1', sequence_id: 0 }];
  let [at, said] = [0, 0];
  let words: TurnWord[] = [];
  const hear = (silenceMs: number, read?: readonly TurnWord[]) => {
    at += 20;
    for (const message of turns.advance({ at, silenceMs, ...(read && { words: read }) })) {
      messages.push(message);
      if (message.event === 'EndOfTurn') words = [];
    }
  };
  for (const pause of pauses) {
    for (let n = 0; n < pause.words; n++) {
      const start = at / 1000;
      for (let ms = 20; ms < 240; ms += 20) hear(0);
      words = [...words, { word: `w${said++}`, confidence: 1, start, end: (at + 20) / 1000 }];
      hear(0, words);
    }
    for (let silence = 20; silence <= pause.silenceMs; silence += 20) hear(silence);
  }
  return messages;
}

describe('what thresholds make of any recording', () => {
  it('is the recording, with its own thresholds', () => {
    fc.assert(
      fc.property(caller, settings, (caller, settings) => {
        const recorded = messagesOfCaller(caller, settings);

        expect(fluxViolations(recorded, { eager: settings.eagerEotThreshold !== undefined })).toEqual([]);
        expect(turnsOf(withThresholds(recorded, settings))).toEqual(turnsOf(recorded));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("is what the local backend's state machine said, with its own thresholds", () => {
    const pause = fc.record({
      words: fc.integer({ min: 1, max: 3 }),
      silenceMs: fc.integer({ min: 10, max: 150 }).map((tens) => tens * 20),
    });
    fc.assert(
      fc.property(fc.array(pause, { minLength: 1, maxLength: 5 }), settings, (pauses, settings) => {
        const { eotThreshold: eot_threshold = 0.7, eagerEotThreshold, eotTimeoutMs: eot_timeout_ms = 5000 } = settings;
        const eager = eagerEotThreshold === undefined ? {} : { eager_eot_threshold: eagerEotThreshold };
        const recorded = localTurns(pauses, { eot_threshold, eot_timeout_ms, ...eager });

        expect(turnsOf(withThresholds(recorded, settings))).toEqual(turnsOf(recorded));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is what would have been said, one `Update` later at most, where it was recorded without ends', () => {
    const roomy = fc.tuple(fc.constantFrom(0.55, 0.66, 0.8), fc.constantFrom(undefined, 0.31, 0.42), fc.constantFrom(4000, 6000));
    fc.assert(
      fc.property(caller, roomy, (caller, [eotThreshold, eagerEotThreshold, eotTimeoutMs]) => {
        fc.pre(caller.every(({ pauseMs }) => pauseMs < eotTimeoutMs || pauseMs > eotTimeoutMs + 250)); // it would not be seen
        const settings = { eotThreshold, eagerEotThreshold, eotTimeoutMs };
        const truth = decisions(messagesOfCaller(caller, settings));
        const judged = decisions(withThresholds(messagesOfCaller(caller, { eotThreshold: 1, eotTimeoutMs: 60_000 }), settings));
        const lateMs = judged.map(({ audio_window_end: at }, k) => Math.round((at - (truth[k]?.audio_window_end ?? NaN)) * 1000));

        const untimed = (turns: typeof truth) =>
          turns.map(({ event, turn_index, transcript }) => [event, turn_index, event?.endsWith('EndOfTurn') && transcript]);
        expect(untimed(judged)).toEqual(untimed(truth));
        expect(lateMs.filter((late) => !(late >= 0 && late <= 250))).toEqual([]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is what Flux promises, whatever the confidence', () => {
    const curve = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(caller, settings, settings, curve, (caller, recordedWith, settings, curve) => {
        const recorded = messagesOfCaller(caller, recordedWith).map((message, k) =>
          'event' in message ? { ...message, end_of_turn_confidence: curve[k % curve.length]! / 100 } : message,
        );

        const eager = settings.eagerEotThreshold !== undefined;
        expect(fluxViolations(withThresholds(recorded, settings), { eager })).toEqual([]);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('is what Flux promises, whatever comes in', () => {
    const odd = fc.constantFrom<unknown>(undefined, null, -1, 0.5, 'x', [], {}, NaN, 1e9);
    const or = (arbitrary: fc.Arbitrary<unknown>) => fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: odd });
    const word = fc.record({
      word: or(fc.constantFrom('a', 'b.', '你')),
      confidence: or(fc.double({ min: 0, max: 1 })),
      end: odd,
    });
    const turn = fc.record({
      type: fc.constant('TurnInfo'),
      event: or(fc.constantFrom('StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn')),
      turn_index: or(fc.integer({ min: 0, max: 3 })),
      audio_window_start: or(fc.double({ min: 0, max: 9, noNaN: true })),
      audio_window_end: or(fc.double({ min: 0, max: 9, noNaN: true })),
      transcript: or(fc.constantFrom('', 'a', 'a b.', 'a b. c', '你')),
      words: or(fc.array(or(word), { maxLength: 4 })),
      end_of_turn_confidence: or(fc.double({ min: 0, max: 1, noNaN: true })),
      trigger: or(fc.constantFrom('model', 'timeout', 'manual', undefined)),
    });
    const other = fc.record({
      type: fc.constantFrom('Connected', 'Error', 'ConfigureSuccess', 'ConfigureFailure', 'Warning', 'News'),
      request_id: or(fc.constantFrom('one', 'two')),
      thresholds: odd,
    });
    const message = fc.oneof({ weight: 12, arbitrary: turn }, { weight: 1, arbitrary: other }, { weight: 1, arbitrary: odd });
    const frame = fc.oneof({ weight: 3, arbitrary: message }, { weight: 1, arbitrary: message.map((it) => JSON.stringify(it)) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), settings, (recorded, settings) => {
        const eager = settings.eagerEotThreshold !== undefined;

        expect(fluxViolations(withThresholds(recorded, settings), { eager })).toEqual([]);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
