import fc from 'fast-check';
import { asyncScheduler, concat, EMPTY, ignoreElements, merge, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, AudioChunk } from '../../../operators/events.ts';
import type { Scenario } from '../../../src/emulator/scenario/scenario.ts';
import { ModelError } from '../../../src/errors.ts';
import { flux } from '../../../src/flux/flux.ts';
import { isLine, headerComplaint } from '../../../src/record/file/validLine.ts';
import { readRecording } from '../../../src/record/file/readRecording.ts';
import { record } from '../../../src/record/file/record.ts';
import { calls } from '../../../src/testing/index.ts';
import { runInVirtualTime } from '../../../src/testing/runInVirtualTime.ts';
import { marbles } from '../../withMarbles.ts';
import { recorded, values } from '../recordedCall.ts';

const said = (at: number, event: string, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index: 0, transcript },
});

/** One turn, answered in a word: 4 characters of speech at 60 ms, in frames of 40 ms. */
const story: Scenario = {
  flux: [said(400, 'StartOfTurn', 'Hello'), said(800, 'EndOfTurn', 'Hello there.')],
  model: { replies: ['Sure.'] },
};

const chunk: AudioChunk = { data: new Uint8Array(320), encoding: 'linear16', sampleRateHz: 16_000, channels: 1 };
const frames = (name: string, connection: string, all: ReturnType<typeof values>) =>
  all.filter((line) => line[name] === connection && 'text' in line).map(({ at, text }) => [at, text as string] as const);

describe('record', () => {
  it('writes a header with versions, the audio and the options', () => {
    const [header] = values(recorded(story, { options: { listen: { eagerEotThreshold: 0.4 } } }).lines);
    expect(header).toStrictEqual({
      sluice: 'recording',
      version: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      versions: { sluice: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, node: process.version },
      audio: { encoding: 'linear16', sampleRateHz: 16_000 },
      options: { agent: {}, listen: { eagerEotThreshold: 0.4 } },
    });
  });

  it('writes every event unchanged', () => {
    const { lines, events } = recorded(story);
    const written = values(lines)
      .filter((line) => 'event' in line)
      .map(({ event, ...rest }) => ({ type: event, ...rest }));
    expect(events.length).toBeGreaterThan(10);
    expect(written).toStrictEqual(events);
  });

  it('writes the caller’s audio, its offset in the WAV, and its end', () => {
    const all = values(recorded({ ...story, flux: [], endAt: 200 }).lines);
    expect(all.filter((line) => 'caller' in line || line['over'] === 'caller')).toStrictEqual([
      { at: 80, caller: 2560, offset: 0 },
      { at: 160, caller: 2560, offset: 1280 },
      { at: 200, caller: 1280, offset: 2560 },
      { at: 200, over: 'caller' },
    ]);
  });

  it('writes the frames to and from Flux: text as it is, audio as its length', () => {
    const all = values(recorded(story).lines);
    const received = frames('got', 'listen:0', all);
    expect(received.map(([at]) => at)).toStrictEqual([0, 400, 800]);
    expect(received.map(([, text]) => (JSON.parse(text) as { type: string }).type)).toStrictEqual([
      'Connected',
      'TurnInfo',
      'TurnInfo',
    ]);
    expect(frames('sent', 'listen:0', all).map(([, text]) => text)).toStrictEqual(['{"type":"CloseStream"}']);
    expect(all.find((line) => line['sent'] === 'listen:0')).toStrictEqual({ at: 80, sent: 'listen:0', bytes: 2560 });
  });

  it('writes when a connection is asked for, opens and ends, and how', () => {
    const drop: Scenario = { flux: [{ at: 300, drop: true }, said(700, 'StartOfTurn', 'Hi')], reconnectMs: 200, endAt: 900 };
    const all = values(recorded(drop).lines);
    const ways = all.filter((line) =>
      ['dial', 'open', 'close'].some((key) => line[key] === 'listen:0' || line[key] === 'listen:1'),
    );
    expect(
      ways.map(({ at, error, ...rest }) => [at, rest, (error as { closeCode?: number } | undefined)?.closeCode]),
    ).toStrictEqual([
      [0, { dial: 'listen:0' }, undefined],
      [0, { open: 'listen:0' }, undefined],
      [300, { close: 'listen:0' }, 1006],
      [300, { dial: 'listen:1' }, undefined],
      [500, { open: 'listen:1' }, undefined],
      [expect.any(Number), { close: 'listen:1' }, undefined],
    ]);
  });

  it('writes each request with its new messages, its tokens and its end', () => {
    const two: Scenario = {
      ...story,
      flux: [
        ...(story.flux ?? []),
        { at: 4000, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 1, transcript: 'And now?' } },
      ],
      model: { replies: ['Sure.', 'Now too.'] },
      agent: { system: 'Be kind.' },
    };
    const all = values(recorded(two).lines);
    const asked = all.filter((line) => ['request', 'token', 'end'].some((key) => key in line));
    expect(asked).toStrictEqual([
      {
        at: 800,
        request: 0,
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Hello there.' },
        ],
      },
      { at: 1000, token: 0, text: 'Sure.' },
      { at: 1000, end: 0 },
      {
        at: 4000,
        request: 1,
        since: 2,
        messages: [
          { role: 'assistant', content: 'Sure.' },
          { role: 'user', content: 'And now?' },
        ],
      },
      { at: 4200, token: 1, text: 'Now' },
      { at: 4220, token: 1, text: ' too.' },
      { at: 4220, end: 1 },
    ]);
  });

  it('writes controls', () => {
    const all = values(recorded({ ...story, controls: [{ at: 2000, say: 'One moment.', protect: true }] }).lines);
    expect(all.filter((line) => 'control' in line)).toStrictEqual([
      { at: 2000, control: { at: 2000, say: 'One moment.', protect: true } },
    ]);
  });

  it('marks incoming lines that came after a timer in the same millisecond', () => {
    const lines: string[] = [];
    const recording = record((line) => lines.push(line));
    const source = new Subject<AudioChunk>();
    const events = new Subject<AgentEvent>();
    const call = source.pipe(recording.call((audio) => merge(events, audio.pipe(ignoreElements()))));
    runInVirtualTime({
      start: () => {
        call.subscribe();
        asyncScheduler.schedule(() => {
          source.next(chunk);
          events.next({ type: 'Idle', id: 1, at: 10 });
          source.next(chunk);
        }, 10);
        asyncScheduler.schedule(() => {
          events.next({ type: 'Idle', id: 2, at: 20 });
          source.next(chunk);
          source.next(chunk);
        }, 20);
      },
      over: () => false,
      stop: () => undefined,
      untilMs: 30,
    });
    const caller = values(lines).flatMap(({ at, caller, late }) => (caller === undefined ? [] : [[at, late]]));
    expect(caller).toStrictEqual([
      [10, undefined],
      [10, undefined],
      [20, true],
      [20, true],
    ]);
  });

  it('writes lines that are valid by the schema, in order of time', () => {
    const { lines } = recorded(story);
    const [header, ...rest] = values(lines);
    expect(headerComplaint(header)).toBeUndefined();
    expect(rest.filter((line) => !isLine(line))).toStrictEqual([]);
    const times = rest.map(({ at }) => at as number);
    expect(times).toStrictEqual(times.toSorted((one, other) => one - other));
    expect(readRecording(lines.join('\n')).lines).toHaveLength(lines.length - 1);
  });

  it('writes valid lines of any call', () => {
    fc.assert(
      fc.property(calls(fc), (call) => {
        expect(readRecording(recorded(call).lines).damage).toBeUndefined();
      }),
      { numRuns: 100, seed: 9 },
    );
  });

  it('writes usage, retries and errors of a request', () => {
    const lines: string[] = [];
    const recording = record((line) => lines.push(line));
    const failure = { type: 'Failure', stage: 'think', code: 'busy', message: 'Busy.', recovered: true } as const;
    const usage = { type: 'Usage', inputTokens: 3, outputTokens: 2 } as const;
    const refused = new ModelError('failed', 'No.', { retryable: true, requestId: 'r1' });
    const think = recording.think(() =>
      concat(
        of(failure, usage),
        throwError(() => refused),
      ),
    );
    think([]).subscribe({ error: () => undefined });
    const error = { name: 'ModelError', code: 'failed', message: 'No.', retryable: true, requestId: 'r1' };
    expect(values(lines).slice(1)).toStrictEqual([
      { at: expect.any(Number) as number, request: 0, messages: [] },
      { at: expect.any(Number) as number, retry: 0, failure },
      { at: expect.any(Number) as number, usage: 0, inputTokens: 3, outputTokens: 2 },
      { at: expect.any(Number) as number, end: 0, error },
    ]);
    expect(
      values(lines)
        .slice(1)
        .filter((line) => !isLine(line)),
    ).toStrictEqual([]);
  });

  it(
    'marks a call that was left',
    marbles((m) => {
      const lines: string[] = [];
      const recording = record((line) => lines.push(line));
      const closed: AgentEvent = { type: 'Closed', id: 1, at: 2 };
      const call = m.cold('-c|', { c: chunk }).pipe(recording.call(() => m.cold<AgentEvent>('--c---', { c: closed })));
      m.expect(call, '---!').toBeObservable('--c-', { c: closed });
      m.flush();
      expect(values(lines).slice(1)).toStrictEqual([
        { at: 2, event: 'Closed', id: 1 },
        { at: 3, over: 'call', left: true },
      ]);
    }),
  );

  it('continues the call when the sink fails, and returns the error', () => {
    const full = new Error('The disk is full.');
    let written = 0;
    const recording = record(() => {
      if (++written > 2) throw full;
    });
    const events = new Subject<AgentEvent>();
    const seen: AgentEvent[] = [];
    of(chunk)
      .pipe(recording.call(() => events))
      .subscribe((event) => seen.push(event));
    for (const id of [1, 2, 3]) events.next({ type: 'Idle', id, at: 0 });
    expect({ seen: seen.length, written, failure: recording.failure() }).toStrictEqual({ seen: 3, written: 3, failure: full });
  });

  it('writes no key, in the header or in texts of others', () => {
    const apiKey = 'sk-Secret-0123456789';
    const lines: string[] = [];
    const recording = record((line) => lines.push(line), {
      options: {
        listen: { apiKey, model: 'm' },
        think: { apiKey: 'sk-other-987654321', baseUrl: 'https://me:hunter2@llm.test/v1?k=1' },
      },
    });
    recording
      .think(() => throwError(() => new ModelError('unauthorized', `Wrong key ${apiKey}: sk-other-987654321`)))([])
      .subscribe({
        error: () => undefined,
      });
    expect(lines.join()).not.toMatch(/Secret|987654321|hunter2|apiKey/);
    expect(values(lines)[0]).toMatchObject({ options: { listen: { model: 'm' }, think: { baseUrl: 'https://llm.test/v1' } } });
    expect(lines.at(-1)).toContain('Wrong key [key]: [key]');
  });

  it('hides a key and keeps the line valid JSON', () => {
    const lines: string[] = [];
    const recording = record((line) => lines.push(line), { options: { think: { apiKey: 'sk-0123456789' } } });
    const frame = JSON.stringify({ a: 'http://foo', b: 'me@x.test', c: 'key sk-0123456789' });
    const wire = recording.wire('listen')(() => of(frame));
    EMPTY.pipe(wire).subscribe();
    const got = values(lines).find((line) => 'got' in line) as { text: string };
    expect(JSON.parse(got.text)).toStrictEqual({ a: 'http://foo', b: 'me@x.test', c: 'key [key]' });
  });

  it('records the socket that flux opens itself', () => {
    const lines: string[] = [];
    const recording = record((line) => lines.push(line));
    const tap = recording.wire('listen');
    const listen = flux({ apiKey: 'kkkkkkkk', encoding: 'linear16', sampleRateHz: 16_000, tap });
    timer(1e6)
      .pipe(() => of(chunk), listen)
      .subscribe({ error: () => undefined })
      .unsubscribe();
    expect(
      values(lines)
        .slice(1)
        .map(({ at, ...rest }) => [typeof at, rest]),
    ).toStrictEqual([
      ['number', { dial: 'listen:0' }],
      ['number', { close: 'listen:0', left: true }],
    ]);
  });
});

describe('record with redact', () => {
  it('redacts the words of people and the model, and keeps their shape', () => {
    const plain = recorded(story).lines;
    const { lines } = recorded(story, { redact: true });
    expect(lines.join('\n')).not.toMatch(/hello|there|sure/i);
    expect(lines).toHaveLength(plain.length);
    const shape = (text: string) => text.replace(/\p{Lu}/gu, 'X').replace(/\p{Ll}/gu, 'x');
    const texts = (all: readonly string[]) =>
      values(all).flatMap((line) => ('transcript' in line ? [shape(line['transcript'] as string)] : []));
    expect(texts(lines)).toStrictEqual(texts(plain));
    expect(values(lines)[0]).toMatchObject({ redacted: true });
  });

  it('gives equal words equal placeholders, on the wire and in events', () => {
    const all = values(recorded(story, { redact: true }).lines);
    const [, , end] = frames('got', 'listen:0', all);
    const { transcript } = JSON.parse(end![1]) as { transcript: string };
    expect(all.find((line) => line['event'] === 'EndOfTurn')).toMatchObject({ transcript });
    expect(all.find((line) => line['request'] === 0)!['messages']).toContainEqual({ role: 'user', content: transcript });
  });

  it('keeps the prompt', () => {
    const { lines } = recorded({ ...story, agent: { system: 'Be kind.' } }, { redact: true });
    expect(values(lines)[0]).toMatchObject({ options: { agent: { system: 'Be kind.' } } });
    expect(values(lines).find((line) => 'request' in line)).toMatchObject({
      messages: [{ role: 'system', content: 'Be kind.' }, {}],
    });
  });
});
