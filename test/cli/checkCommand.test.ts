import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, type Outcome } from './sluiceProcess.ts';
import { sluice } from './sluiceInProcess.ts';

const request_id = '5b0c7c1e-8f0a-4d0e-9a57-2d6c0f1f3b11';
const connected = { type: 'Connected', request_id, sequence_id: 0 };
const turn = (sequence_id: number, event: string, transcript: string, audio_window_end: number, turn_index = 0) => ({
  type: 'TurnInfo',
  request_id,
  sequence_id,
  event,
  turn_index,
  audio_window_start: 0,
  audio_window_end,
  transcript,
  words: [],
  end_of_turn_confidence: 0.1,
});
const clean = [
  connected,
  turn(1, 'StartOfTurn', 'Book', 0.5),
  turn(2, 'EagerEndOfTurn', 'Book it.', 1),
  turn(3, 'EndOfTurn', 'Book it.', 1.5),
  turn(4, 'Update', '', 1.75, 1),
];
const broken = [...clean.slice(0, 3), turn(3, 'EndOfTurn', 'Book.', 1.5), turn(4, 'EndOfTurn', 'Book.', 1.75)];

/** The rows of a scenario. */
const row = (at: number, event: string, transcript: string, turn_index = 0, more = {}) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript, ...more },
});
const rows = [row(500, 'StartOfTurn', 'Book'), row(1500, 'EndOfTurn', 'Book it.'), row(1750, 'Update', '', 1)];

/** The output of the command for a file with these lines. */
async function check(lines: readonly unknown[] | string, ...flags: string[]): Promise<Outcome & { readonly path: string }> {
  const path = join(folder(), 'call.jsonl');
  const text = typeof lines === 'string' ? lines : `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
  writeFileSync(path, text);
  return { ...(await run(path, ...flags)), path };
}

async function run(...args: string[]): Promise<Outcome> {
  return sluice('check', ...args);
}

describe('sluice check', () => {
  it('reports that there is no violation, and ends with 0', async () => {
    expect(await check(clean)).toMatchObject({ code: 0, stdout: '5 messages of Flux, no violation\n', stderr: '' });
  });

  it('names the line and the rule of each violation, and ends with 1', async () => {
    const { code, stdout, stderr, path } = await check(broken);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: `\
${path}:4: draft: EndOfTurn has "Book.", EagerEndOfTurn had "Book it.".
${path}:5: turn-index: EndOfTurn is of turn 0, not 1.
5 messages of Flux, 2 violations
`,
      stderr: '',
    });
  });

  it('prints one JSON object', async () => {
    const { code, stdout } = await check(broken.slice(0, 4), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      messages: 4,
      violations: [{ rule: 'draft', line: 4, message: 'EndOfTurn has "Book.", EagerEndOfTurn had "Book it.".' }],
    });
    expect(JSON.parse((await check(clean, '--json')).stdout)).toEqual({ messages: 5, violations: [] });
  });

  it('accepts the text of frames with their times, and skips blank lines', async () => {
    const lines = broken.map((message, at) => JSON.stringify({ at, message: JSON.stringify(message) }));
    expect(await check(lines.join('\n\n'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/call\.jsonl:7: draft: .*\n.*call\.jsonl:9: turn-index: .*\n5 messages/u) as string,
    });
  });

  it('accepts a log with a lost connection, and the Error of a row', async () => {
    const again = clean.map((message) => ({ at: 9, message: { ...message, request_id: 'b' } }));
    const lines = [
      { at: 0, message: connected },
      { at: 1, drop: true },
      ...again,
      { at: 10, error: { code: 'X', sequence_id: 5 } },
    ];
    expect(await check(lines)).toMatchObject({ code: 0, stdout: '7 messages of Flux, no violation\n' });
    expect(await check([...lines, { at: 11, message: clean[4] }], '--json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('{"rule":"fatal","line":9,"message":"Update comes after Error."}') as string,
    });
  });

  it('accepts the rows of a scenario, and adds the fields that they leave out', async () => {
    expect(await check(rows)).toMatchObject({ code: 0, stdout: '3 messages of Flux, no violation\n' });
  });

  it('checks each connection in the rows of a scenario by itself', async () => {
    const lines = [
      ...rows,
      { at: 2000, drop: true },
      row(2300, 'Update', ''),
      row(2600, 'TurnResumed', 'Thanks'),
      row(2700, 'EndOfTurn', 'Thanks.', 0, { audio_window_end: 0.1 }),
      { at: 2800, drop: true },
      row(3100, 'StartOfTurn', ''),
      { at: 3200, error: { code: 'X' } },
    ];
    const { code, stdout, path } = await check(lines);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `\
${path}:6: order: TurnResumed comes while no turn is open.
${path}:7: window: audio_window_end goes back from 0.6 to 0.1.
${path}:9: text: StartOfTurn has no words.
8 messages of Flux, 3 violations
`,
    });
  });

  it('prints no control characters of a message', async () => {
    const { stdout, path } = await check([{ type: '\u001b[31mred\nline', request_id, sequence_id: 0 }]);
    expect(stdout).toContain(`${path}:1: connected: red line comes before Connected.\n`);
  });

  it.each([
    ['a line that is not JSON', '{"type":"Connected"}\n{"type":', 2, 'not JSON: Unexpected end of input found'],
    [
      'a line that is not an object',
      `${JSON.stringify(connected)}\n\n[]\n`,
      3,
      'must be a message of Flux with its type, or { at, message }.',
    ],
    ['an object without a type', '{"kind":"upgrade"}', 1, 'must be a message of Flux with its type, or { at, message }.'],
    ['a message without a type', '{"at":1,"message":{}}', 1, 'must be a message of Flux with its type, or { at, message }.'],
    [
      'a row out of order',
      '{"at":2,"drop":true}\n{"at":1,"drop":true}',
      2,
      'flux[1].at must not be before the row above it (1 < 2)',
    ],
    ['an empty file', ' \n', 1, 'the file is empty: it must contain messages of Flux.'],
  ])('ends with 2 at %s, naming the line', async (_, text, line, reason) => {
    const { code, stdout, stderr, path } = await check(text);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: `sluice: ${path}:${line}: ${reason}\n` });
  });

  it('ends with 1 if the file does not exist, and with 2 if none is named', async () => {
    expect(await run('nowhere.jsonl')).toEqual({ code: 1, stdout: '', stderr: 'sluice: nowhere.jsonl: no such file.\n' });
    expect(await run()).toMatchObject({ code: 2, stdout: '' });
    const path = folder();
    expect(await run(path)).toEqual({ code: 1, stdout: '', stderr: `sluice: ${path} is a folder.\n` });
  });
});
