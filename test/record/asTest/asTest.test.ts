import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { check } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../src/emulator/scenario/scenario.ts';
import { asTest, type AsTestConfig } from '../../../src/record/asTest/asTest.ts';
import { turnNames } from '../../../src/record/marbles.ts';
import { readRecording, type Recorded } from '../../../src/record/file/readRecording.ts';
import type { RecordConfig } from '../../../src/record/file/record.ts';
import { eventsOf } from '../../../src/record/replay/replay.ts';
import { calls } from '../../../src/testing/index.ts';
import { mutants } from '../../mutants/mutants.ts';
import { run } from './printed.ts';
import { recorded } from '../recordedCall.ts';

const row = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** The caller asks, pausing once; the menu is read out, and a sound of agreement stops it; the caller asks again. */
const menu: Scenario = {
  flux: [
    row(500, 'StartOfTurn', 0, 'Hello'),
    row(900, 'EndOfTurn', 0, 'Hello.'),
    row(3000, 'StartOfTurn', 1, 'What'),
    row(3400, 'EagerEndOfTurn', 1, 'What is on'),
    row(3750, 'TurnResumed', 1, 'What is on the'),
    row(4100, 'EagerEndOfTurn', 1, 'What is on the menu?'),
    row(4400, 'EndOfTurn', 1, 'What is on the menu?'),
    row(4700, 'Update', 2, ''),
    row(7000, 'StartOfTurn', 2, 'Uh'),
    row(7300, 'EndOfTurn', 2, 'Uh-huh.'),
    row(11000, 'StartOfTurn', 3, 'Thanks'),
    row(11500, 'EndOfTurn', 3, 'Thanks!'),
  ],
  model: {
    replies: [
      { when: 'hello', say: 'Good evening.' },
      { when: 'menu', say: 'Today we have pasta with sage and butter, a pumpkin soup, and two kinds of pizza.' },
      { when: 'uh-huh', say: 'Shall I go on?' },
      'You are welcome.',
    ],
  },
};

/** The recording of a call, begun on a known day. */
function recordingOf(scenario: Scenario, config: RecordConfig = {}): Recorded {
  const { header, lines } = readRecording(recorded(scenario, config).lines);
  return { header: { ...header, time: '2026-03-01T20:15:00.000Z' }, lines };
}

/** The test of a call, which contains its scenario. */
const printed = (scenario: Scenario, config: AsTestConfig = {}) =>
  asTest(recordingOf(scenario), { name: 'call.jsonl', ...config }).test;

const withoutTurnResumed = mutants.find(({ about }) => about === 'a replyMap that does not receive TurnResumed')?.operators ?? {};

type Outcome = readonly { readonly type: string; readonly reason?: string }[];

/** The actual and the expected outcome, where an expectation fails. */
function failureOf(test: () => unknown): { readonly actual: Outcome; readonly expected: Outcome } {
  try {
    test();
  } catch (error) {
    return error as { readonly actual: Outcome; readonly expected: Outcome };
  }
  return { actual: [], expected: [] };
}

const reasonsOf = (outcome: Outcome) => outcome.flatMap(({ type, reason }) => (reason ? [`${type}: ${reason}`] : []));

const withMinWords = (minWords: number) => (scenario: Scenario) => ({
  ...scenario,
  agent: { ...scenario.agent, bargeIn: { minWords } },
});

/** When the messages of Flux come in a scenario. */
const fluxTimes = (scenario: string) => (JSON.parse(scenario) as Scenario).flux?.map(({ at }) => at);

const matches = 'The simulation has the outcome of the recording, at the same times.';

describe('asTest', () => {
  it('gives a scenario and a short test that plays it', () => {
    const example = (name: string) => readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
    const { scenario, test } = asTest(recordingOf(menu), { turn: '3', name: 'call.jsonl', file: 'uhHuh.json' });

    expect(test).toBe(example('uhHuh.test.ts'));
    expect(`${scenario}\n`).toBe(example('uhHuh.json'));
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('gives a test that passes as it is: %j', (config) => {
    const text = printed(menu, config);

    expect(text).toContain(matches);
    expect(run(text)).toHaveLength(1);
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('gives a test that fails if TurnResumed is ignored: %j', (config) => {
    const { actual, expected } = failureOf(() => run(printed(menu, config), { operators: withoutTurnResumed }));

    expect([reasonsOf(actual), reasonsOf(expected)]).toEqual([['DraftDropped: changed'], ['DraftDropped: resumed']]);
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('gives a test that fails if a barge-in needs three words: %j', (config) => {
    const { actual, expected } = failureOf(() => run(printed(menu, config), { change: withMinWords(3) }));
    const [now, then] = [actual, expected].map((outcome) => outcome.filter(({ type }) => type === 'BargeIn').length);

    expect(then).toBeGreaterThan(now ?? 0); // the menu is read on
  });

  it('gives a test that passes with another outcome, if the options give it', () => {
    const change = withMinWords(2);
    const { actual } = failureOf(() => run(printed(menu, { turn: '3' }), { change }));
    const changed = printed(menu, { turn: '3' }).replace(
      /toEqual\(\[\n {4}[^]*?\n {2}\]\)/,
      () => `toEqual(${JSON.stringify(actual)})`,
    );

    expect(reasonsOf(actual)).toEqual(['DraftDropped: resumed', 'TurnIgnored: minWords']);
    expect(run(changed, { change })).toHaveLength(1);
  });

  it('cuts the call down to a turn, the reply that it interrupted, and the messages before', () => {
    const { scenario, test } = asTest(recordingOf(menu), { turn: '0:2', name: 'call.jsonl' });

    expect(test).toContain("it('turn 0:2 of call.jsonl', ");
    expect(test).toContain('Recorded 2026-03-01, from 2800 ms of the call on.');
    expect(fluxTimes(scenario)).toEqual([200, 600, 950, 1300, 1600, 4200, 4500]);
    expect(JSON.parse(scenario)).toMatchObject({
      agent: { messages: [{ role: 'user' }, { role: 'assistant', content: 'Good evening.' }] },
      controls: [{ hangUp: true }],
    });
    expect(scenario).not.toContain('Thanks');
  });

  it('leaves out messages that change nothing: without words, with the same words, late in a long turn', () => {
    const scenario: Scenario = {
      flux: [
        row(100, 'Update', 0, ''),
        row(300, 'StartOfTurn', 0, 'a'),
        row(500, 'Update', 0, 'a'),
        row(700, 'Update', 0, 'a b c d e f g h'),
        row(900, 'Update', 0, 'a b c d e f g h i'),
        row(1100, 'EndOfTurn', 0, 'a b c d e f g h i'),
      ],
    };

    expect(fluxTimes(asTest(recordingOf(scenario)).scenario)).toEqual([300, 700, 1100]);
    expect(fluxTimes(asTest(recordingOf({ ...scenario, agent: { echoGuard: true } })).scenario)).toHaveLength(5);
  });

  it('gives different answers to the same words by turn', () => {
    const text = printed({
      flux: [
        row(300, 'StartOfTurn', 0, 'yes'),
        row(500, 'EndOfTurn', 0, 'yes'),
        row(2500, 'StartOfTurn', 1, 'no'),
        row(2700, 'EndOfTurn', 1, 'no'),
        row(4500, 'StartOfTurn', 2, 'yes'),
        row(4700, 'EndOfTurn', 2, 'yes'),
      ],
      model: { replies: ['One.', 'Two.', 'Three.'] },
    });

    expect(text).toContain('"Three."');
    expect(text).toContain(matches);
    expect(run(text)).toHaveLength(1);
  });

  it('names the largest difference in time from the recording', () => {
    const { header, lines } = recordingOf(menu);
    const late = lines.map((line) => ('event' in line && line.event === 'ReplyEnded' ? { ...line, at: line.at + 30 } : line));

    expect(asTest({ header, lines: late }).test).toContain('at times that differ by up to 30 ms');
  });

  it('names the first difference between recording and simulation', () => {
    const { header, lines } = recordingOf(menu);
    const other = lines.map((line) => ('event' in line && line['interrupted'] === true ? { ...line, heard: 'Today' } : line));
    const text = asTest({ header, lines: other }).test;

    expect(text).toContain('The simulation differs from the recording, first here: recorded {"at":7000,"type":"ReplyEnded",');
    expect(text).toContain('"heard":"Today","interrupted":true}, simulated {"at":7000,"type":"ReplyEnded",');
    expect(text).not.toContain('has the outcome of the recording');
    expect(run(text)).toHaveLength(1);
  });

  it('keeps words as they are, and prints no invisible characters', () => {
    const nasty = '*/ `${process.exit()}` \'"\\ </script>\n\u2028\u202e\u0000 \ud800 \udc00 好 " || true';
    const scenario: Scenario = {
      flux: [row(200, 'StartOfTurn', 0, nasty), row(600, 'EndOfTurn', 0, nasty), row(1400, 'StartOfTurn', 1, nasty)],
      model: { replies: [nasty] },
      agent: { messages: [{ role: 'user', content: nasty }], bargeIn: { backchannels: [nasty] } },
    };
    const recording = { ...recordingOf(scenario), damage: nasty };
    const { scenario: json, test } = asTest(recording, { name: `${nasty}.jsonl` });

    expect(run(test)).toEqual([`${nasty}.jsonl`]);
    expect(test).not.toMatch(/[^\P{C}\n]/u);
    expect(json).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.parse(json)).toMatchObject({ agent: scenario.agent });
  });

  it('plays typed turns, announcements, a lost connection and a failing model', () => {
    const scenario: Scenario = {
      flux: [
        row(300, 'StartOfTurn', 0, 'one'),
        row(700, 'EndOfTurn', 0, 'one'),
        { at: 3000, drop: true },
        row(3600, 'StartOfTurn', 0, 'two'),
        row(4000, 'EndOfTurn', 0, 'two'),
      ],
      controls: [
        { at: 6000, text: 'three' },
        { at: 9000, say: 'Are you there?' },
      ],
      reconnectMs: 400,
      model: {
        replies: [{ when: 'two', say: 'Not this', status: 429 }, { when: 'three', say: 'a b c', failAfterTokens: 2 }, 'Yes.'],
      },
      agent: { greeting: 'Welcome.' },
    };
    const text = printed(scenario);

    expect(text).toContain(matches);
    expect(text).toContain('"drop": true');
    expect(text).toContain('"reconnectMs": 400');
    expect(text).toContain('"status": 429');
    expect(text).toContain('"failAfterTokens": 2');
    expect(text).toContain('"greeting": "Welcome."');
    expect(run(text)).toHaveLength(1);
  });

  it('notes a redacted recording, and one that breaks off or is damaged', () => {
    const redacted = asTest(recordingOf(menu, { redact: true })).test;
    const { lines } = recorded(menu);
    const cut = asTest(readRecording(`${lines.slice(0, -40).join('\n')}\n{"at`)).test;

    expect(redacted).toContain('The words are placeholders');
    expect(run(redacted)).toHaveLength(1);
    expect(cut).toContain('The recording breaks off here');
    expect(cut).toContain('The recording is damaged: recording:');
    expect(run(cut)).toHaveLength(1);
  });

  it.each(['turn_index', 'event', 'text', 'transcript'])('ignores messages without their %s', (field) => {
    const { lines } = recorded(menu);
    const text = asTest(readRecording(lines.join('\n').replaceAll(`\\"${field}\\"`, '\\"lost\\"'))).test;

    expect(text).not.toContain('undefined');
    expect(run(text)).toHaveLength(1);
  });

  it('gives a passing test of a damaged recording', () => {
    const { lines } = recorded(menu);
    const text = lines.join('\n');
    const wrong = fc.record({
      at: fc.integer({ min: (lines[0] ?? '').length + 1, max: text.length }),
      is: fc.constantFrom('9', '"', ' ', 'x'),
    });
    const damages = fc.record({
      wrong: fc.array(wrong, { maxLength: 40 }),
      end: fc.integer({ min: text.length >> 1, max: text.length }),
    });

    fc.assert(
      fc.property(damages, ({ wrong, end }) => {
        const characters = text.split('');
        for (const { at, is } of wrong) characters[at] = is;
        expect(run(asTest(readRecording(characters.slice(0, end).join(''))).test)).toHaveLength(1);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('refuses a recording that is longer than a day', () => {
    const { header, lines } = recordingOf(menu);
    const late = lines.map((line) => ('over' in line ? { ...line, at: 1e9 } : line));

    expect(() => asTest({ header, lines: late })).toThrow('The recording is longer than a day');
  });

  it('names what is missing: events, or the turn', () => {
    const { header, lines } = recordingOf(menu);

    expect(() => asTest({ header, lines: lines.filter((line) => !('event' in line)) })).toThrow(
      'The recording has no events, so a test has no outcome to expect.',
    );
    expect(() => asTest({ header, lines }, { turn: '5' })).toThrow('The recording has no turn 5: its turns are 1 to 4');
  });

  it('gives a passing test of any call, or of a turn of it', () => {
    fc.assert(
      fc.property(calls(fc), fc.nat(8), (call, which) => {
        const recording = readRecording(recorded(call).lines);
        const turn = turnNames(eventsOf(recording.lines))[which];
        expect(run(asTest(recording, turn === undefined ? {} : { turn }).test)).toHaveLength(1);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('simulates the recorded outcome where model and voice do nothing unusual', () => {
    fc.assert(
      fc.property(calls(fc, { illegal: false, faults: false }), (call) => {
        expect(printed(call)).toContain('has the outcome of the recording, at ');
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('formats the test as Prettier does', async () => {
    const texts = fc.sample(calls(fc), { numRuns: 20, seed: 4 }).flatMap((call) => {
      const recording = recordingOf(call);
      return [asTest(recording).test, asTest(recording, { file: 'call.json' }).test];
    });

    const formatted = await Promise.all(
      texts.map((text) => check(text, { parser: 'typescript', singleQuote: true, printWidth: 130 })),
    );
    expect(formatted).toEqual(texts.map(() => true));
  });
});
