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

const printed = (scenario: Scenario, config: AsTestConfig = {}) =>
  asTest(recordingOf(scenario), { name: 'call.jsonl', ...config });

const deaf = mutants.find(({ about }) => about === 'a replyMap that does not hear of TurnResumed')?.operators ?? {};

/** What was, and what was expected, where an expectation fails. */
function failureOf(test: () => unknown): { readonly actual?: unknown; readonly expected?: unknown } {
  try {
    test();
  } catch (error) {
    return error as { readonly actual: unknown; readonly expected: unknown };
  }
  return {};
}

/** How long the longest stretch of speech is in a chart, in columns. */
const longestHeard = (chart: unknown) => Math.max(...(String(chart).match(/#+/g) ?? []).map(({ length }) => length));

describe('asTest', () => {
  it('prints a test that reads like a scenario with its timing chart', () => {
    const example = new URL('../../../examples/uhHuh.test.ts', import.meta.url);

    expect(printed(menu, { turn: '3' })).toBe(readFileSync(example, 'utf8'));
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('prints what passes as it is: %j', (config) => {
    const text = printed(menu, config);

    expect(text).toContain('It came to this when it was recorded, at the same times.');
    expect(run(text)).toHaveLength(1);
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('goes red where TurnResumed is not heard of: %j', (config) => {
    const text = printed(menu, config);

    expect(failureOf(() => run(text, { operators: deaf }))).toMatchObject({
      actual: ['DraftDropped: changed'],
      expected: ['DraftDropped: resumed'],
    });
  });

  it.each([{}, { turn: '2' }, { turn: '3' }])('goes red where a turn needs three words to cut the agent off: %j', (config) => {
    const text = printed(menu, config).replace('bargeIn: {}', 'bargeIn: { minWords: 3 }');
    const { actual, expected } = failureOf(() => run(text));
    const [then = 0, now = 0] = [expected, actual].map(longestHeard);

    expect(text).toContain('minWords: 3');
    expect(now).toBeGreaterThan(then); // the menu is read on
  });

  it('goes green where the outcome that is wanted is expected, and the options give it', () => {
    const text = printed(menu, { turn: '3' })
      .replace('bargeIn: {}', 'bargeIn: { minWords: 2 }')
      .replace(/ {2}expect\(chart[^]*?\n {2}\]\);\n/, '')
      .replace(/toEqual\(\[\n {4}\{ role[^]*?\n {2}\]\)/, 'toHaveLength(2)')
      .replace("'DraftDropped: resumed']", "'DraftDropped: resumed', 'TurnIgnored: minWords']");

    expect(run(text)).toHaveLength(1);
  });

  it('cuts the call down to a turn, the reply that it met with, and what was said before', () => {
    const text = printed(menu, { turn: '0:2' });

    expect(text).toContain('Turn 0:2, 3 of 4, of call.jsonl, recorded 2026-03-01, from 0:02.8 of the call on');
    expect(text.match(/said\(\d+/g)).toEqual([
      'said(200',
      'said(600',
      'said(950',
      'said(1300',
      'said(1600',
      'said(4200',
      'said(4500',
    ]);
    expect(text).toContain("{ role: 'assistant', content: 'Good evening.' },");
    expect(text).not.toContain('Thanks');
    expect(text).toContain('hangUp: true');
  });

  it('leaves out what decides nothing: silence, words said again, the rest of a long turn', () => {
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

    expect(printed(scenario).match(/said\(\d+/g)).toEqual(['said(300', 'said(700', 'said(1100']);
    expect(printed({ ...scenario, agent: { echoGuard: true } }).match(/said\(\d+/g)).toHaveLength(5);
  });

  it('tells answers to the same words apart by their turn', () => {
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

    expect(text).toContain("'Three.'");
    expect(text).toContain('It came to this when it was recorded, at the same times.');
    expect(run(text)).toHaveLength(1);
  });

  it('says how far the times differ from those recorded', () => {
    const { header, lines } = recordingOf(menu);
    const late = lines.map((line) => ('event' in line && line.event === 'ReplyEnded' ? { ...line, at: line.at + 30 } : line));

    expect(asTest({ header, lines: late })).toContain('at times that differ by 30 ms at the most');
  });

  it('says where the call came to something else than its simulation', () => {
    const { header, lines } = recordingOf(menu);
    const other = lines.map((line) => ('event' in line && line['interrupted'] === true ? { ...line, heard: 'Today' } : line));
    const text = asTest({ header, lines: other });

    expect(text).toContain(
      '- then at 0:07.0 reply 3 ended there: "Today" had been heard; here at 0:07.0 reply 3 ended there: "Today we have pasta with',
    );
    expect(text).not.toContain('It came to this');
    expect(run(text)).toHaveLength(1);
  });

  it('keeps words words, whatever they are', async () => {
    const nasty = '*/ `${process.exit()}` \'"\\ </script>\n\u2028\u202e\u0000 \ud800 \udc00 好 " || true';
    const scenario: Scenario = {
      flux: [row(200, 'StartOfTurn', 0, nasty), row(600, 'EndOfTurn', 0, nasty), row(1400, 'StartOfTurn', 1, nasty)],
      model: { replies: [nasty] },
      agent: { messages: [{ role: 'user', content: nasty }], bargeIn: { backchannels: [nasty] } },
    };
    const text = printed(scenario, { name: `${nasty}.jsonl` });

    expect(run(text)).toHaveLength(1);
    expect(text.split('*/')[0]).toMatch(/\n $/);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(await check(text, { parser: 'typescript', singleQuote: true, printWidth: 130 })).toBe(true);
  });

  it('plays typed turns, what was to be said, a lost connection and a model that failed', () => {
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

    expect(text).toContain('It came to this when it was recorded, at the same times.');
    expect(text).toContain('drop: true');
    expect(text).toContain('reconnectMs: 400');
    expect(text).toContain('status: 429');
    expect(text).toContain('failAfterTokens: 2');
    expect(text).toContain("greeting: 'Welcome.'");
    expect(run(text)).toHaveLength(1);
  });

  it('says that words are placeholders, and that a recording breaks off or is damaged', () => {
    const redacted = asTest(recordingOf(menu, { redact: true }));
    const { lines } = recorded(menu);
    const cut = asTest(readRecording(`${lines.slice(0, -40).join('\n')}\n{"at`));

    expect(redacted).toContain('Its words are placeholders');
    expect(run(redacted)).toHaveLength(1);
    expect(cut).toContain('The recording breaks off at 0:');
    expect(cut).toContain('The recording is damaged (recording:');
    expect(run(cut)).toHaveLength(1);
  });

  it.each(['turn_index', 'event', 'text', 'transcript'])('passes over messages without their %s', (field) => {
    const { lines } = recorded(menu);
    const text = asTest(readRecording(lines.join('\n').replaceAll(`\\"${field}\\"`, '\\"lost\\"')));

    expect(text).not.toContain('undefined');
    expect(run(text)).toHaveLength(1);
  });

  it('prints what passes of what is left of a recording', () => {
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
        expect(run(asTest(readRecording(characters.slice(0, end).join(''))))).toHaveLength(1);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it('refuses what is longer than any call', () => {
    const { header, lines } = recordingOf(menu);
    const late = lines.map((line) => ('over' in line ? { ...line, at: 1e9 } : line));

    expect(() => asTest({ header, lines: late })).toThrow('The recording lasts longer than a day');
  });

  it('says what is missing where there is nothing to expect, or no such turn', () => {
    const { header, lines } = recordingOf(menu);

    expect(() => asTest({ header, lines: lines.filter((line) => !('event' in line)) })).toThrow(
      'The recording has no events: what came of the call cannot be told.',
    );
    expect(() => asTest({ header, lines }, { turn: '5' })).toThrow('The recording has no turn 5: its turns are 1 to 4');
  });

  it('prints what passes of any call, or of a turn of it', () => {
    fc.assert(
      fc.property(calls(fc), fc.nat(8), (call, which) => {
        const recording = readRecording(recorded(call).lines);
        const turn = turnNames(eventsOf(recording.lines))[which];
        expect(run(asTest(recording, turn === undefined ? {} : { turn }))).toHaveLength(1);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('comes to what was recorded where model and voice do nothing unusual', () => {
    fc.assert(
      fc.property(calls(fc, { illegal: false, faults: false }), (call) => {
        expect(printed(call)).toContain('It came to this when it was recorded, at ');
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('formats what it prints as Prettier does', async () => {
    const texts = fc.sample(calls(fc), { numRuns: 20, seed: 4 }).map((call) => printed(call));

    const formatted = await Promise.all(
      texts.map((text) => check(text, { parser: 'typescript', singleQuote: true, printWidth: 130 })),
    );
    expect(formatted).toEqual(texts.map(() => true));
  });
});
