import { readFileSync } from 'node:fs';
import { concat, from, lastValueFrom, map, retry, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fluxWire, parseScenario, type FluxRow } from '../../src/emulator/scenario/index.ts';
import { conform, fluxViolations, type FluxViolation } from '../../src/flux/conform.ts';
import type { FluxRule } from '../../src/flux/fluxRule.ts';
import type { Frame } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';

type Message = Readonly<Record<string, unknown>>;

const request_id = '5b0c7c1e-8f0a-4d0e-9a57-2d6c0f1f3b11';
const connected: Message = { type: 'Connected', request_id, sequence_id: 0 };

/** A `TurnInfo` that lacks only its number. */
const turn = (event: string, transcript: string, audio_window_end: number, more: Message = {}): Message => ({
  type: 'TurnInfo',
  request_id,
  event,
  turn_index: 0,
  audio_window_start: 0,
  audio_window_end,
  transcript,
  words: transcript === '' ? [] : [{ word: transcript, confidence: 0.9 }],
  end_of_turn_confidence: 0.1,
  ...more,
});

/** Messages behind `Connected`, numbered from 1. */
const stream = (...messages: Message[]) => [
  connected,
  ...messages.map((message, index) => ({ ...message, sequence_id: index + 1 })),
];

const next = { turn_index: 1, audio_window_start: 2 };
const [start, more] = [turn('StartOfTurn', 'Book', 0.56), turn('Update', 'Book a', 0.8)];
const [eager, resumed] = [turn('EagerEndOfTurn', 'Book a table.', 1.12), turn('TurnResumed', 'Book a table for', 1.36)];
const end = turn('EndOfTurn', 'Book a table.', 2, { trigger: 'model' });
const idle = turn('Update', '', 2.25, next);

/** The worked sequence of docs/wire/flux.md §5.1. */
const worked = stream(
  turn('Update', '', 0.23999998),
  turn('StartOfTurn', "What's", 0.56),
  turn('Update', "What's my balance", 0.8),
  turn('EagerEndOfTurn', "What's my balance?", 1.12),
  turn('TurnResumed', "What's my balance on", 1.36),
  turn('Update', "What's my balance on savings?", 1.6),
  turn('EagerEndOfTurn', "What's my balance on savings?", 1.84),
  turn('EndOfTurn', "What's my balance on savings?", 2, { trigger: 'model' }),
  turn('Update', '', 2.24, next),
);

describe('conform', () => {
  it(
    'emits a violation in the tick of its message, and nothing else',
    marbles((m) => {
      const source = m.hot('  C-s-e--u--E--|', {
        C: connected,
        s: { ...start, sequence_id: 1 },
        e: { ...eager, sequence_id: 2 },
        u: { ...turn('Update', 'Book a', 1.2), sequence_id: 3 },
        E: JSON.stringify({ ...end, sequence_id: 4 }),
      });
      const subs = '          ^------------!';
      const expected = '      -------v-----|';

      const v: FluxViolation = {
        rule: 'draft',
        position: 3,
        message: 'Update has "Book a", EagerEndOfTurn had "Book a table.".',
      };
      m.expect(source.pipe(conform())).toBeObservable(expected, { v });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'emits each violation of a message',
    marbles((m) => {
      const source = m.cold(' C-x---|', { C: connected, x: { ...end, sequence_id: 2 } });
      const expected = '      --(vw)|';

      m.expect(source.pipe(conform())).toBeObservable(expected, {
        v: { rule: 'sequence', position: 1, message: 'sequence_id is 2, not 1.' },
        w: { rule: 'order', position: 1, message: 'EndOfTurn comes while no turn is open.' },
      });
    }),
  );

  it(
    'reports nothing for no messages and for silence',
    marbles((m) => {
      m.expect(m.cold('|').pipe(conform())).toBeObservable('|');
      m.expect(m.cold('-').pipe(conform())).toBeObservable('-');
    }),
  );

  it(
    'ends as its source does',
    marbles((m) => {
      const source = m.cold(' C--#', { C: connected });
      const subs = '          ^--!';
      const expected = '      ---#';

      m.expect(source.pipe(conform())).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles((m) => {
      const source = m.hot('  C-s-s-', { C: connected, s: { ...start, sequence_id: 1 } });
      const unsub = '         ---!  ';
      const subs = '          ^--!  ';
      const expected = '      ----  ';

      m.expect(source.pipe(conform()), unsub).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('starts again with each subscription', async () => {
    const checked = from(stream(start)).pipe(conform());

    expect(await lastValueFrom(concat(checked, checked).pipe(toArray()))).toEqual([]);
  });
});

describe('a stream of Flux', () => {
  const broken = (...found: [rule: FluxRule, position: number, message: string][]): FluxViolation[] =>
    found.map(([rule, position, message]) => ({ rule, position, message }));

  it('has no violation in the worked sequence of docs/wire/flux.md', () => {
    expect(fluxViolations(worked)).toEqual([]);
    expect(fluxViolations(worked.map((message) => JSON.stringify(message)))).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['Connected alone', [connected]],
    ['an end without a trigger, as older servers send it', stream(start, { ...end, trigger: undefined })],
    ['an end without words', stream(start, turn('EndOfTurn', '', 1))],
    ['an end in the middle of speech', stream(start, { ...end, trigger: 'manual' }, idle)],
    ['an Update with the transcript of the eager end', stream(start, eager, turn('Update', 'Book a table.', 1.2), end)],
    ['a turn resumed with the same words', stream(start, eager, turn('TurnResumed', 'Book a table.', 1.2), end)],
    ['other words once the turn is resumed', stream(start, eager, resumed, turn('EndOfTurn', 'Book a table for two.', 2))],
    ['windows with the noise of single precision', stream(turn('Update', '', 0.48), turn('Update', '', 0.47999996))],
    [
      'what is not known here',
      stream({ type: 'Novelty', request_id }, turn('Laughter', 'Ha', 1), { ...idle, ...turn('Update', '', 2) }),
    ],
    [
      'warnings and answers in the middle of a turn',
      stream(start, { type: 'Warning', request_id }, eager, { type: 'ConfigureFailure', request_id }, end, idle),
    ],
    ['an Error, which has no request_id', stream(start, { type: 'Error', code: 'INTERNAL_SERVER_ERROR', description: '' })],
    ['another connection', [...worked, { ...connected, request_id: 'b' }, { ...start, request_id: 'b', sequence_id: 1 }]],
    [
      'another connection after an Error',
      [...stream({ type: 'Error' }), { ...connected, request_id: 'b' }, { ...start, request_id: 'b', sequence_id: 1 }],
    ],
  ])('has no violation: %s', (_, messages) => {
    expect(fluxViolations(messages)).toEqual([]);
  });

  it.each<[string, unknown[], FluxViolation[]]>([
    ['message: a binary frame', [connected, new Uint8Array(2)], broken(['message', 1, 'Flux sends no binary frames.'])],
    ['message: no JSON', [connected, '{"type":'], broken(['message', 1, 'It is not a JSON object with a type.'])],
    ['message: no object', ['null'], broken(['message', 0, 'It is not a JSON object with a type.'])],
    [
      'message: fields that are missing',
      stream({ type: 'TurnInfo', request_id, event: 'Update', turn_index: 0 }),
      broken(
        ['message', 1, 'audio_window_start must be seconds.'],
        ['message', 1, 'audio_window_end must be seconds.'],
        ['message', 1, 'transcript must be a text.'],
        ['message', 1, 'words must be a list of words with confidences.'],
        ['message', 1, 'end_of_turn_confidence must be a number from 0 to 1.'],
      ),
    ],
    [
      'message: fields of the wrong kind',
      stream(turn('Update', '', 0.25, { turn_index: 0.5, words: [{ word: 'a' }], end_of_turn_confidence: '0.1' })),
      broken(
        ['message', 1, 'turn_index must be a whole number from 0.'],
        ['message', 1, 'words must be a list of words with confidences.'],
        ['message', 1, 'end_of_turn_confidence must be a number from 0 to 1.'],
      ),
    ],
    [
      'message: a confidence above 1',
      stream(turn('Update', '', 0.25, { end_of_turn_confidence: 1.1 })),
      broken(['message', 1, 'end_of_turn_confidence must be a number from 0 to 1.']),
    ],
    [
      'connected: it does not come first',
      [
        { ...start, sequence_id: 4 },
        { ...more, sequence_id: 5 },
      ],
      broken(['connected', 0, 'StartOfTurn comes before Connected.']),
    ],
    [
      'connected: it comes twice',
      [connected, { ...connected, sequence_id: 1 }],
      broken(['connected', 1, 'Connected comes twice.']),
    ],
    [
      'sequence: it does not begin at 0',
      [
        { ...connected, sequence_id: 1 },
        { ...start, sequence_id: 2 },
      ],
      broken(['sequence', 0, 'sequence_id is 1, not 0.']),
    ],
    [
      'sequence: a message is missing',
      [connected, { ...start, sequence_id: 1 }, { ...more, sequence_id: 3 }, { ...end, sequence_id: 4 }],
      broken(['sequence', 2, 'sequence_id is 3, not 2.']),
    ],
    [
      'sequence: a warning counts separately',
      [connected, { ...start, sequence_id: 1 }, { type: 'Warning', request_id, sequence_id: 0 }],
      broken(['sequence', 2, 'sequence_id is 0, not 2.']),
    ],
    ['sequence: there is none', [connected, start], broken(['sequence', 1, 'sequence_id is missing, not 1.'])],
    [
      'request-id: it changes',
      stream(start, { ...more, request_id: 'b' }),
      broken(['request-id', 2, `request_id is "b", not "${request_id}".`]),
    ],
    ['request-id: there is none', stream(start, { type: 'Warning' }), broken(['request-id', 2, 'Warning has no request_id.'])],
    [
      'request-id: that of an Error is another',
      stream({ type: 'Error', request_id: 'b' }),
      broken(['request-id', 1, `request_id is "b", not "${request_id}".`]),
    ],
    [
      'fatal: something comes after an Error',
      stream({ type: 'Error', code: 'X' }, start),
      broken(['fatal', 2, 'StartOfTurn comes after Error.']),
    ],
    [
      'turn-index: it does not begin at 0',
      stream({ ...start, turn_index: 1 }, { ...end, turn_index: 1 }),
      broken(['turn-index', 1, 'StartOfTurn is of turn 1, not 0.']),
    ],
    [
      'turn-index: it stays after an end',
      stream(start, end, turn('Update', '', 2.25)),
      broken(['turn-index', 3, 'Update is of turn 0, not 1.']),
    ],
    [
      'turn-index: another turn starts before the end of the one that is open',
      stream(start, eager, { ...start, turn_index: 1, audio_window_end: 1.5 }),
      broken(['turn-index', 3, 'StartOfTurn is of turn 1, not 0.']),
    ],
    [
      'turn-index: it changes within a turn',
      stream(start, { ...more, turn_index: 1 }, { ...end, turn_index: 1 }),
      broken(['turn-index', 2, 'Update is of turn 1, not 0.']),
    ],
    ['order: a second start', stream(start, start), broken(['order', 2, 'StartOfTurn comes while the turn goes on.'])],
    [
      'order: a start after an eager end',
      stream(start, eager, turn('StartOfTurn', 'Book a table.', 1.2)),
      broken(['order', 3, 'StartOfTurn comes after EagerEndOfTurn, without TurnResumed.']),
    ],
    [
      'order: words without a start, reported once',
      stream(more, end),
      broken(['order', 1, 'Update has words while no turn is open.']),
    ],
    [
      'order: an eager end without a start',
      stream(eager, end),
      broken(['order', 1, 'EagerEndOfTurn comes while no turn is open.']),
    ],
    [
      'order: a second eager end without TurnResumed',
      stream(start, eager, turn('EagerEndOfTurn', 'Book a table.', 1.2)),
      broken(['order', 3, 'EagerEndOfTurn comes after EagerEndOfTurn, without TurnResumed.']),
    ],
    [
      'order: a turn resumed that nobody took to be over',
      stream(start, resumed),
      broken(['order', 2, 'TurnResumed comes while the turn goes on.']),
    ],
    ['order: an end without a start', stream(end), broken(['order', 1, 'EndOfTurn comes while no turn is open.'])],
    ['text: a start without words', stream(turn('StartOfTurn', ' ', 0.5)), broken(['text', 1, 'StartOfTurn has no words.'])],
    [
      'text: an eager end without words',
      stream(start, turn('EagerEndOfTurn', '', 1)),
      broken(['text', 2, 'EagerEndOfTurn has no words.']),
    ],
    [
      'draft: the end has another transcript',
      stream(start, eager, turn('EndOfTurn', 'Book a table', 2)),
      broken(['draft', 3, 'EndOfTurn has "Book a table", EagerEndOfTurn had "Book a table.".']),
    ],
    [
      'draft: an Update has another transcript',
      stream(start, eager, turn('Update', 'Book a table for', 1.3), resumed),
      broken(['draft', 3, 'Update has "Book a table for", EagerEndOfTurn had "Book a table.".']),
    ],
    [
      'eager: the settings have no threshold for it',
      stream({ type: 'ConfigureSuccess', request_id, thresholds: { eot_threshold: 0.7 } }, start, eager),
      broken(['eager', 3, 'EagerEndOfTurn comes though eager_eot_threshold is not set.']),
    ],
    ['trigger: a start has one', stream({ ...start, trigger: 'model' }), broken(['trigger', 1, 'StartOfTurn has a trigger.'])],
    [
      'window: its end goes back',
      stream(turn('Update', '', 0.5), turn('Update', '', 0.25)),
      broken(['window', 2, 'audio_window_end goes back from 0.5 to 0.25.']),
    ],
    [
      'window: its start goes back',
      stream(start, end, idle, { ...idle, audio_window_start: 0 }),
      broken(['window', 4, 'audio_window_start goes back from 2 to 0.']),
    ],
    [
      'window: it ends before it starts',
      stream(turn('Update', '', 0.25, { audio_window_start: 0.5 })),
      broken(['window', 1, 'The window ends at 0.25, before its start at 0.5.']),
    ],
  ])('breaks %s', (_, messages, found) => {
    expect(fluxViolations(messages)).toEqual(found);
  });

  it('may have eager ends if they were requested, at the start or later', () => {
    const asked = { type: 'ConfigureSuccess', request_id, thresholds: { eager_eot_threshold: 0.4, eot_threshold: 0.7 } };

    expect(fluxViolations(stream(start, eager, end), { eager: true })).toEqual([]);
    expect(fluxViolations(stream(start, asked, eager, end), { eager: false })).toEqual([]);
    expect(fluxViolations(stream(start, eager, end), { eager: false })).toEqual(
      broken(['eager', 2, 'EagerEndOfTurn comes though eager_eot_threshold is not set.']),
    );
  });

  it(
    'has no violation when the emulator plays a legal scenario, also over a lost connection',
    marbles((m) => {
      const source = m.hot<Frame>('--------F---', { F: '{"type":"ForceEndTurn"}' });
      const call = () => source.pipe(fluxWire({ flux: legal, reconnectMs: 2 }), retry(1));
      const expected = '           C-ser-u-E--Cs---eE-u';

      m.expect(call().pipe(map(letter))).toBeObservable(expected);
      m.expect(call().pipe(conform())).toBeObservable('----');
    }),
  );

  it.each([
    ['barge-in', 6, '4720ms (x|)'],
    ['dropped', 6, '1800ms (x|)'],
    ['eager', 6, '2000ms (x|)'],
    ['open-turn', 3, '960ms (x|)'],
    ['resumed', 8, '2320ms (x|)'],
    ['two-turns', 7, '5600ms (x|)'],
  ])('has no violation when the emulator plays fixtures/calls/%s.json', (name, messages, expected) => {
    const file = new URL(`../../fixtures/calls/${name}.json`, import.meta.url);
    const scenario = parseScenario(readFileSync(file, 'utf8'), name);
    marbles((m) => {
      const said = m.hot<Frame>('-').pipe(fluxWire(scenario), retry(1), take(messages), toArray());

      m.expect(said.pipe(map((frames) => fluxViolations(frames)))).toBeObservable(expected, { x: [] });
    })();
  });
});

const letters: Readonly<Record<string, string>> = {
  Connected: 'C',
  StartOfTurn: 's',
  Update: 'u',
  EagerEndOfTurn: 'e',
  TurnResumed: 'r',
  EndOfTurn: 'E',
};
const letter = (frame: Frame) => {
  const { type, event } = JSON.parse(String(frame)) as Message;
  return letters[String(event ?? type)] ?? '?';
};
const row = (at: number, event: string, transcript: string, turn_index = 0) =>
  ({ at, message: { type: 'TurnInfo', event, turn_index, transcript } }) as const;

/** The first turn is ended by `ForceEndTurn`. */
const legal: readonly FluxRow[] = [
  row(2, 'StartOfTurn', 'Book'),
  row(3, 'EagerEndOfTurn', 'Book it.'),
  row(4, 'TurnResumed', 'Book it for'),
  row(6, 'Update', 'Book it for two'),
  { at: 9, drop: true },
  row(12, 'StartOfTurn', 'Thanks'),
  row(16, 'EagerEndOfTurn', 'Thanks.'),
  row(17, 'EndOfTurn', 'Thanks.'),
  row(19, 'Update', '', 1),
];
