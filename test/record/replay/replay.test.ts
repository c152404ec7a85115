import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/emulator/scenario/parseScenario.ts';
import type { Scenario } from '../../../src/emulator/scenario/scenario.ts';
import { RecordingError } from '../../../src/errors.ts';
import { readRecording } from '../../../src/record/file/readRecording.ts';
import { replay } from '../../../src/record/replay/replay.ts';
import { calls } from '../../../src/testing/index.ts';
import { recorded } from '../recordedCall.ts';

const folder = resolve(import.meta.dirname, '../../../fixtures/calls');
const fixtures = readdirSync(folder);
const fixture = (file: string) => parseScenario(readFileSync(join(folder, file), 'utf8'), file);
const of = (lines: readonly string[]) => readRecording(lines);

const said = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** A reply of 30 characters and the space after it, 60 ms each, heard from 1120 on, and cut at 2000. */
const cut: Scenario = {
  flux: [
    said(400, 'StartOfTurn', 0, 'Book'),
    said(800, 'EndOfTurn', 0, 'Book a table.'),
    said(2000, 'StartOfTurn', 1, 'No'),
    said(2400, 'EndOfTurn', 1, 'No, wait.'),
  ],
  model: { replies: ['Sure, I will book one for you.', 'I wait.'] },
};

describe('replay', () => {
  it.each(fixtures)('gives the same events as a simulated call: %s', (file) => {
    const { lines, events } = recorded(fixture(file));
    const { events: replayed, difference, guesses } = replay(of(lines));
    expect({ replayed, difference, guesses }).toStrictEqual({ replayed: events, difference: undefined, guesses: [] });
  });

  it.each(fixtures)('does not use the recorded events: %s', (file) => {
    const { lines, events } = recorded(fixture(file));
    const without = lines.filter((line) => !line.includes('"event":"') || line.includes('"text":"{'));
    expect(without.length).toBeLessThan(lines.length - 10);
    expect(replay(of(without)).events).toStrictEqual(events);
  });

  it('gives the outcome of any call, without its recorded events', () => {
    fc.assert(
      fc.property(calls(fc), (call) => {
        const recording = of(recorded(call).lines);
        const { events, difference } = replay(recording);
        const bare = replay({ ...recording, lines: recording.lines.filter((line) => !('event' in line)) });

        expect(difference).toBeUndefined(); // of 2000 with another seed it was one
        expect(bare.events).toStrictEqual(events);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it.each(['close', 'hangUp'])('replays controls, including %s, over a lost connection', (ends) => {
    const controlled = {
      flux: [
        said(400, 'StartOfTurn', 0, 'Book'),
        said(800, 'EndOfTurn', 0, 'Book a table.'),
        { at: 3000, drop: true },
        said(3500, 'StartOfTurn', 0, 'For'),
        said(3900, 'Update', 0, 'For four'),
        said(6000, 'StartOfTurn', 1, 'Thanks'),
        said(6300, 'EndOfTurn', 1, 'Thanks.'),
      ],
      model: { replies: ['Sure, I will book one for you.', 'For how many?', 'Done.', 'Bye.'] },
      controls: [
        { at: 100, say: 'Welcome.', protect: true },
        { at: 1500, text: 'In the garden.' },
        { at: 2200, interrupt: true },
        { at: 2400, configure: { eotThreshold: 0.8 } },
        { at: 2500, set: { idleMs: 400, bargeIn: { minWords: 2 } } },
        { at: 4000, forceEndTurn: true },
        { at: 7000, say: 'Goodbye.' },
        { at: 7100, [ends]: true },
      ],
      endAt: 9000,
    };
    const { lines, events } = recorded(controlled as unknown as Scenario);
    const without = lines.filter((line) => !line.startsWith('{"at"') || !('event' in (JSON.parse(line) as object)));
    const kinds = new Set(events.map(({ type }) => type));
    const happened = ['Configured', 'Reconnected', 'TurnTaken', 'ReplyEnded', 'Closed'] as const;

    expect(happened.filter((type) => !kinds.has(type))).toStrictEqual([]);
    expect(events.filter((event) => event.type === 'TurnTaken').map(({ turn }) => turn)).toContain('text:0');
    expect(replay(of(without)).events).toStrictEqual(events);
  });

  it('runs incoming lines before the timers of their millisecond, late ones after them', () => {
    // the draft waits 400 ms, and its timer was set first
    const tie: Scenario = {
      flux: [said(400, 'StartOfTurn', 0, 'Book'), said(560, 'EagerEndOfTurn', 0, 'Book'), said(960, 'TurnResumed', 0, 'Book a')],
      agent: { draftTimeoutMs: 400 },
    };
    const { lines, events } = recorded(tie);
    const dropped = (lines: readonly string[]) =>
      replay(of(lines)).events.flatMap((event) => (event.type === 'DraftDropped' ? [[event.at, event.reason]] : []));

    expect(dropped(lines)).toStrictEqual([[960, 'timeout']]);
    expect(replay(of(lines)).events).toStrictEqual(events);
    expect(dropped(lines.map((line) => line.replace(',"late":true', '')))).toStrictEqual([[960, 'resumed']]);
  });

  it('replays a recording that breaks off up to there', () => {
    const { lines, events } = recorded(cut);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lines.length }), (length) => {
        const { events: replayed, difference } = replay(of(lines.slice(0, length)));
        expect(difference).toBeUndefined();
        expect(replayed).toStrictEqual(events.slice(0, replayed.length));
      }),
      { numRuns: 40 },
    );
  });

  it('replays lines in any order, or throws a RecordingError', () => {
    const { lines } = recorded(cut);
    const [header = '', ...rest] = lines;
    fc.assert(
      fc.property(fc.shuffledSubarray(rest, { minLength: 5 }), (some) => {
        try {
          expect(replay(of([header, ...some])).events.length).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('replays a recording with any change, or throws a RecordingError', () => {
    const whole = new TextEncoder().encode(recorded(cut, { options: { speak: { sampleRateHz: 16_000 } } }).lines.join('\n'));
    const change = fc.record({ at: fc.nat(), byte: fc.constantFrom(...new TextEncoder().encode('019"{:,}etl')) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = whole.slice();
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        try {
          expect(replay(of(new TextDecoder().decode(bytes).split('\n'))).events.length).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('names the first event that differs', () => {
    const { lines } = recorded(cut);
    const other = lines.map((line) =>
      line.includes('"event":"ReplyEnded"') ? line.replace('"interrupted":true', '"interrupted":false') : line,
    );
    const { difference } = replay(of(other));
    expect(difference).toMatchObject({
      recorded: { type: 'ReplyEnded', at: 2000 },
      replayed: { type: 'ReplyEnded', at: 2000 },
      fields: ['interrupted'],
    });
  });

  it('replays with another policy, and lists its guesses', () => {
    const { lines } = recorded(cut);
    const { events, difference, guesses } = replay(of(lines), { agent: { bargeIn: false } });
    const [first] = events.filter(({ type }) => type === 'ReplyEnded');
    expect(first).toMatchObject({ reply: 1, interrupted: false, heard: 'Sure, I will book one for you.', heardMs: 1860 });
    expect(difference).toMatchObject({ recorded: { type: 'BargeIn' } });
    expect(guesses).toStrictEqual([]);
  });

  it('makes up the rest of audio that was cut off', () => {
    const slow = { ...cut, speech: { haste: 1 } };
    const { lines } = recorded(slow);
    const { events, guesses } = replay(of(lines), { agent: { bargeIn: false } });
    const [first] = events.filter(({ type }) => type === 'ReplyEnded');
    expect(first).toMatchObject({ reply: 1, interrupted: false, heard: 'Sure, I will book one for you.' });
    expect(guesses).toStrictEqual([{ at: expect.any(Number) as number, what: 'the rest of a text that was cut off' }]);
  });

  it('gives the outcome of a redacted call too', () => {
    for (const file of fixtures) expect(replay(of(recorded(fixture(file), { redact: true }).lines)).difference).toBeUndefined();
  });

  it('refuses a recording without an audio format', () => {
    const { lines } = recorded(cut);
    const header = JSON.parse(lines[0]!) as { audio?: unknown };
    delete header.audio;
    expect(() => replay(of([JSON.stringify(header), ...lines.slice(1)]))).toThrow(/cannot be replayed/);
  });
});
