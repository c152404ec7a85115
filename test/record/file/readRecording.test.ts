import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordingError } from '../../../src/errors.ts';
import { readRecording, type Recorded } from '../../../src/record/file/readRecording.ts';
import { recorded } from '../recordedCall.ts';

const header =
  '{"sluice":"recording","version":1,"time":"2026-01-01T00:00:00.000Z","versions":{"sluice":"0","node":"v20"},"options":{}}';
const token = '{"at":1,"token":0,"text":"Hi"}';

/** What is read, or the error in a line. */
function read(text: string): Recorded | string {
  try {
    return readRecording(text, 'x');
  } catch (error) {
    if (error instanceof RecordingError) return error.message;
    throw error;
  }
}

describe('readRecording', () => {
  it('reads a recording', () => {
    const { lines } = recorded({ endAt: 400 });
    const { header, lines: read, damage } = readRecording(lines.join('\n'));
    expect(header).toStrictEqual(JSON.parse(lines[0]!));
    expect(read).toStrictEqual(lines.slice(1).map((line) => JSON.parse(line) as unknown));
    expect(damage).toBeUndefined();
  });

  it('reads line by line too', () => {
    expect(readRecording([header, token]).lines).toStrictEqual([{ at: 1, token: 0, text: 'Hi' }]);
  });

  it('ignores a byte order mark, empty lines and Windows line ends', () => {
    expect(read(`\uFEFF${header}\r\n\r\n${token}\r\n`)).toMatchObject({ lines: [{ token: 0 }] });
  });

  it.each([
    ['', 'x:1: is empty: it is not a recording.'],
    ['RIFF', 'x:1: is not JSON, or breaks off.'],
    [token, 'x:1: is not the header of a Sluice recording ({"sluice":"recording","version":1,…}).'],
    ['null', 'x:1: is not the header of a Sluice recording ({"sluice":"recording","version":1,…}).'],
    [header.replace('"version":1,', ''), 'x:1: has no version.'],
    [header.replace('"version":1', '"version":2'), 'x:1: is of version 2; this Sluice reads version 1.'],
    [
      header.replace('"options":{}', '"options":{"agent":{"eager":"no"}}'),
      'x:1: options.agent.eager must be one of off, text, speech.',
    ],
    [`\n${header.replace(',"options":{}', '')}`, 'x:2: options is missing.'],
  ])('refuses a file without a valid header: %j', (text, message) => {
    expect(read(text)).toBe(message);
  });

  it.each([
    ['{"at":1,"token":0,"te', 'x:2: is not JSON, or breaks off; the line is left out.'],
    ['7', 'x:2: must be an object; the line is left out.'],
    ['{"at":1}', /^x:2: must have at and one of event, caller, .*; the line is left out\.$/],
    ['{"at":1,"token":0}', 'x:2: text is missing; the line is left out.'],
    ['{"at":1,"sent":"ear:0","text":""}', /^x:2: sent must match pattern .*; the line is left out\.$/],
    ['{"at":"1","token":0,"text":""}', 'x:2: at must be a number; the line is left out.'],
    ['{"at":1,"event":"Singing","id":1}', /^x:2: event must be one of StartOfTurn, .*; the line is left out\.$/],
    ['{"at":1,"event":"TurnTaken","id":1,"turn":"0:0"}', 'x:2: text is missing; the line is left out.'],
    [
      '{"at":1,"event":"Heard","id":1,"reply":1,"heardMs":null,"text":""}',
      'x:2: heardMs must be a number; the line is left out.',
    ],
    ['{"at":1,"control":{"sing":true}}', /^x:2: sing is not a field here .*; the line is left out\.$/],
    [`{"at":1,"request":0,"messages":${'['.repeat(80)}${']'.repeat(80)}}`, 'x:2: is nested too deeply; the line is left out.'],
  ])('leaves out an invalid line, and names it: %j', (line, damage) => {
    const { lines, damage: said } = readRecording(`${header}\n${line}\n${token}`, 'x');
    expect(lines).toStrictEqual([{ at: 1, token: 0, text: 'Hi' }]);
    expect(said).toEqual(damage instanceof RegExp ? expect.stringMatching(damage) : damage);
  });

  it('names the first of several damaged lines, and counts the others', () => {
    expect(readRecording([header, '', '{', '}', token, '['], 'x').damage).toBe(
      'x:3: is not JSON, or breaks off; the line is left out, and 2 more like it.',
    );
  });

  const whole = recorded({ endAt: 400, controls: [{ at: 100, say: 'Hello there.' }] }).lines.join('\n');

  it('reads all whole lines of a recording that breaks off anywhere', () => {
    const bytes = new TextEncoder().encode(whole);
    const first = new TextEncoder().encode(whole.slice(0, whole.indexOf('\n'))).length;
    fc.assert(
      fc.property(fc.integer({ min: first, max: bytes.length }), (length) => {
        const text = new TextDecoder().decode(bytes.subarray(0, length));
        const { lines } = readRecording(text);
        const complete = text.split('\n').length - 1;
        expect([complete - 1, complete]).toContain(lines.length);
      }),
    );
  });

  it('reads the good lines of a recording with any change, or throws a RecordingError', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat({ max: whole.length }), (changes, cut) => {
        const bytes = new TextEncoder().encode(whole).subarray(0, whole.length - (cut % 64));
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        const text = new TextDecoder().decode(bytes);
        const outcome = read(text);
        if (typeof outcome === 'string') expect(outcome).toMatch(/^x:\d+: .*\.$/);
        else expect(outcome.lines.length).toBeGreaterThan(text.split('\n').length - 3 - 2 * changes.length);
      }),
      { numRuns: 500 },
    );
  });
});
