import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { pictureOf, type Picture } from '../../src/timeline/picture.ts';
import { timeline } from '../../src/timeline/timeline.ts';
import { recorded } from '../record/recordedCall.ts';

const row = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** The caller cuts the agent off with words that would like to be markup. */
const hostile = '</script><img src=x onerror=alert(1)><!-- \u2028 & "quoted"';
const call: Scenario = {
  flux: [
    row(500, 'StartOfTurn', 0, 'hi'),
    row(700, 'Update', 0, 'hi there'),
    row(1000, 'EndOfTurn', 0, 'hi there'),
    row(2000, 'StartOfTurn', 1, hostile),
    row(2600, 'EndOfTurn', 1, hostile),
  ],
  model: { firstTokenMs: 200, tokenMs: 0, replies: ['This is a long answer to a short question, you know.'] },
  speech: { firstAudioMs: 100, msPerChar: 60 },
};

const recordingOf = (scenario: Scenario, ...config: [Parameters<typeof recorded>[1]?]) =>
  readRecording(recorded(scenario, ...config).lines.join('\n'));

describe('pictureOf', () => {
  const { lines, events } = recorded({ ...call, agent: { bargeIn: { minWords: 1 } } });
  const recording = readRecording(lines.join('\n'));
  const picture = pictureOf(recording, 'call.jsonl');

  it('contains every event except repeated Heard events', () => {
    const without = (all: Picture['events']) => all.filter(({ type }) => type !== 'Heard').map(({ id, type }) => [id, type]);
    const heard = picture.events.filter((event) => event.type === 'Heard');

    expect(without(picture.events)).toEqual(without(events));
    expect(new Set(heard.map(({ text }) => text)).size).toBeGreaterThan(2);
    expect(heard.length).toBeLessThan(events.filter(({ type }) => type === 'Heard').length);
  });

  it('keeps every event that caused another', () => {
    const ids = new Set(picture.events.map(({ id }) => id));

    expect(picture.events.filter(({ cause }) => cause !== undefined && !ids.has(cause))).toEqual([]);
  });

  it('names the policy behind an event', () => {
    const cut = events.find(({ type }) => type === 'BargeIn');

    expect(picture.policies).toEqual({ [cut?.id ?? 0]: 'minWords 1' });
  });

  it('lists the thresholds of Flux, and their changes', () => {
    const { header, lines } = recordingOf(call, { options: { listen: { eagerEotThreshold: 0.4 } } });
    const configured = { at: 1500, event: 'Configured', id: 99, eotThreshold: 0.8 } as const;

    const again = { at: 1600, event: 'Configured', id: 100, eagerEotThreshold: 0.5 } as const;

    expect(pictureOf({ header, lines: [...lines, configured, again] }, 'c').thresholds).toEqual([
      { at: 0, endOfTurn: 0.7, eager: 0.4 },
      { at: 1500, endOfTurn: 0.8, eager: 0.4 },
      { at: 1600, endOfTurn: 0.8, eager: 0.5 },
    ]);
  });

  it('contains remarks on the recording', () => {
    const { header, lines } = recordingOf(call, { redact: true, options: { listen: { emulated: true } } });

    expect(pictureOf({ header, lines, damage: 'c:7: is not JSON.' }, 'c').notes).toEqual([
      'c:7: is not JSON.',
      'The words are redacted: other letters replace them.',
      'Flux was emulated: its confidence is computed from silence.',
      'The sound was not found: bars show when each side was heard.',
    ]);
  });
});

describe('timeline', () => {
  const page = timeline(recordingOf(call), { name: '<call> & "more".jsonl' });
  const between = (begin: string, end: string) => page.slice(page.indexOf(begin) + begin.length).split(end, 1)[0] ?? '';

  it('contains transcripts as data, which no markup in them can end', () => {
    const json = between('<script type="application/json" id="picture">', '</script>');
    const picture = JSON.parse(json) as Picture;

    expect(json).not.toContain('<');
    expect(page).not.toContain('<img');
    expect(picture.events.some((event) => event.type === 'EndOfTurn' && event.transcript === hostile)).toBe(true);
    expect(page).toContain('<title>&lt;call&gt; &amp; &quot;more&quot;.jsonl – timeline</title>');
  });

  it('allows only its own script, and no requests', () => {
    const policy = between('http-equiv="Content-Security-Policy" content="', '"');
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

    expect(policy.split('; ')).toEqual([
      `default-src 'none'`,
      `script-src ${hash(between('<script>', '</script>'))}`,
      `style-src ${hash(between('<style>', '</style>'))}`,
      `media-src data: file: 'self'`,
      `base-uri 'none'`,
      `form-action 'none'`,
    ]);
    expect(page.match(/<(?:link|iframe|img|object|script)\b[^>]*>/gu)).toEqual([
      '<script type="application/json" id="picture">',
      '<script>',
    ]);
  });

  it('is the same page for the same recording', () => {
    const again = recordingOf(call);
    const { header } = recordingOf(call);

    expect(timeline({ ...again, header })).toBe(timeline({ ...again, header }));
  });
});
