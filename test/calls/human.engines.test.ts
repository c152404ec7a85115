import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { lastValueFrom, of, toArray } from 'rxjs';
import wavefile from 'wavefile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paced } from '../../operators/audio/paced.ts';
import type { AgentEvent, AudioChunk, TurnEvent } from '../../operators/events.ts';
import { rechunk } from '../../operators/audio/rechunk.ts';
import { emulator, type Emulator, type EmulatorEvent } from '../../src/emulator/index.ts';
import { flux } from '../../src/flux/flux.ts';
import { local } from '../../src/local/index.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { replay } from '../../src/record/replay/replay.ts';
import { wrongWords } from '../local/fixtureCalls.ts';

type Told<T extends AgentEvent['type']> = AgentEvent & { readonly type: T };

/** `npm start` on the human call, with its far sides in this process, so that they can be watched. */
describe('npm start', { timeout: 120_000 }, () => {
  let far: Emulator;
  let folder: string;
  let events: AgentEvent[];
  let exit: number | null;
  let stderr: string;
  let left: Float32Array;
  let right: Float32Array;
  let rateHz: number;
  let seen: readonly EmulatorEvent[];
  const delay = monitorEventLoopDelay({ resolution: 1 });

  beforeAll(async () => {
    const backend = local();
    await backend.warm();
    far = await emulator({ backend });
    const watched: EmulatorEvent[] = [];
    far.events.subscribe((event) => watched.push(event));
    folder = await mkdtemp(join(tmpdir(), 'sluice-'));
    const wav = join(folder, 'call.wav');
    const sides = ['--deepgram-url', far.deepgramUrl, '--openai-url', far.openaiUrl];
    delay.enable();
    const command = spawn('npm', ['start', '--silent', '--', '--json', '-o', wav, ...sides], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, said] = await Promise.all([
      text(command.stdout),
      text(command.stderr),
      new Promise((done) => command.on('close', done)),
    ]);
    delay.disable();
    seen = [...watched];
    exit = command.exitCode;
    stderr = said;
    events = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AgentEvent);
    const file = new wavefile.WaveFile(await readFile(wav));
    rateHz = (file.fmt as { sampleRate: number }).sampleRate;
    [left, right] = file.getSamples(false, Float32Array) as unknown as [Float32Array, Float32Array];
  }, 120_000);

  afterAll(async () => {
    await far.close();
    await rm(folder, { recursive: true });
  });

  const all = <T extends AgentEvent['type']>(type: T) => events.filter((event): event is Told<T> => event.type === type);
  const dbfs = (samples: Float32Array, fromMs: number, toMs: number) => {
    const span = samples.subarray((fromMs * rateHz) / 1000, (toMs * rateHz) / 1000);
    return 20 * Math.log10(Math.sqrt(span.reduce((sum, sample) => sum + (sample / 32768) ** 2, 0) / span.length));
  };

  it('ends without an error and closes the call', () => {
    expect({ exit, last: events.at(-1)?.type, failures: all('Failure') }).toEqual({ exit: 0, last: 'Closed', failures: [] });
    expect(stderr).not.toMatch(/error/iu);
  });

  it('has the same outcome in every replay of its recording', async () => {
    const recording = readRecording(await readFile(join(folder, 'call.jsonl'), 'utf8'));
    const [first, ...others] = Array.from({ length: 20 }, () => replay(recording));
    expect(first).toMatchObject({ guesses: [] });
    expect(first!.difference).toBeUndefined();
    expect(first!.events.length).toBeGreaterThan(100);
    expect(others.filter(({ events }) => JSON.stringify(events) !== JSON.stringify(first!.events))).toStrictEqual([]);
  });

  it('recognises the speech with a word error rate of at most 15 %', async () => {
    const { turns } = JSON.parse(await readFile('fixtures/audio/call.truth.json', 'utf8')) as { turns: { words: string }[] };
    const truth = turns.map(({ words }) => words).join(' ');
    const heard = all('EndOfTurn')
      .map(({ transcript }) => transcript)
      .join(' ');
    const { wrong, of } = wrongWords(heard, truth);

    expect(all('EndOfTurn').filter(({ transcript }) => transcript !== '').length).toBeGreaterThanOrEqual(3);
    expect(wrong / of).toBeLessThanOrEqual(0.15);
  });

  it('emits the events of each turn in order', () => {
    const order = ['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'];
    for (const turn of new Set(all('StartOfTurn').map(({ turn }) => turn))) {
      const types = events.filter(
        (event): event is TurnEvent & AgentEvent => 'turn' in event && event.turn === turn && order.includes(event.type),
      );
      const letters = types
        .map(({ type }) => order.indexOf(type))
        .filter((letter) => letter !== 1)
        .join('');

      expect(letters).toMatch(/^0(23)*2?4$/u);
    }
  });

  it('keeps one draft, drops another when its turn resumes, and stops its tokens', () => {
    const dropped = all('DraftDropped').find(({ reason }) => reason === 'resumed');
    const late = events.filter((event) => event.type === 'Token' && event.reply === dropped?.reply && event.id > dropped.id);

    expect(all('ReplyStarted').some(({ drafted }) => drafted)).toBe(true);
    expect(dropped).toBeDefined();
    expect(late).toEqual([]);
  });

  it('counts the cost of the dropped draft, at most what its model had sent', () => {
    const drafts = all('DraftStarted').map(({ reply }) => reply);
    const [dropped] = all('DraftDropped');
    const accepted = all('Token').filter(({ reply }) => reply === dropped?.reply).length;
    const sent = seen.filter(({ kind, service }) => service === 'chat' && kind !== 'request').map(({ tokensSent }) => tokensSent);

    expect(sent).toHaveLength(drafts.length);
    expect(dropped?.tokens).toBe(accepted);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThanOrEqual(sent[drafts.indexOf(dropped?.reply ?? 0)] ?? 0);
  });

  it('lets a caller interrupt', () => {
    const [cut] = all('BargeIn');
    const ended = all('ReplyEnded').find(({ reply }) => reply === cut?.reply);

    expect(ended?.interrupted).toBe(true);
    expect(ended?.heardMs).toBeGreaterThan(0);
    expect(ended?.heardMs).toBeLessThan(ended?.audioMs ?? 0);
    expect(ended?.text.startsWith(ended.heard)).toBe(true);
  });

  it('is silent from 150 ms after the interruption until the next reply', () => {
    const [cut] = all('BargeIn');
    const started = all('SpeechStarted').find(({ reply }) => reply === cut?.reply);
    const next = all('SpeechStarted').find(({ id }) => id > (cut?.id ?? 0));

    expect(dbfs(right, started?.at ?? 0, cut?.at ?? 0)).toBeGreaterThan(-45);
    expect(dbfs(right, (cut?.at ?? 0) + 150, next?.at ?? 0)).toBeLessThan(-60);
  });

  it('answers each plain turn in less than a second', () => {
    const waits = all('Latency')
      .filter(({ firstSound }) => firstSound !== null)
      .map(({ endOfTurn, firstSound }) => (firstSound ?? 0) - (endOfTurn ?? 0));

    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...waits)).toBeLessThan(1000);
  });

  it('writes both sides into the WAV', () => {
    expect(dbfs(left, 800, 2500)).toBeGreaterThan(-40);
    expect(right.length / rateHz).toBeGreaterThan(30);
  });

  it('speaks the words of its replies, checked with the recogniser', async () => {
    const said = all('ReplyEnded')
      .map((reply) => reply.heard)
      .join(' ');
    // So small a recogniser hears a synthetic voice differently with where its frames of 32 ms begin, by up to twelve words of 47.
    let fewest = 1;
    for (const skippedMs of [0, 6, 10, 27]) {
      const samples = Int16Array.from(right.subarray((skippedMs * rateHz) / 1000));
      const audio: AudioChunk = { data: new Uint8Array(samples.buffer), encoding: 'linear16', sampleRateHz: rateHz, channels: 1 };
      const turns = await lastValueFrom(
        of(audio).pipe(rechunk(80), paced({ speed: 4 }), flux({ apiKey: 'k', baseUrl: far.deepgramUrl }), toArray()),
      );
      const heard = turns.flatMap((event) => (event.type === 'EndOfTurn' ? [event.transcript] : [])).join(' ');
      const { wrong, of: words } = wrongWords(heard, said);
      expect(words).toBeGreaterThan(20);
      fewest = Math.min(fewest, wrong / words);
      if (fewest <= 0.25) break;
    }

    expect(fewest).toBeLessThanOrEqual(0.25);
  });

  it('opens one connection to listen and one to speak, both with the official client', () => {
    const upgrades = seen
      .filter(({ kind }) => kind === 'upgrade')
      .map(({ service, userAgent }) => `${service} ${String(userAgent)}`);

    expect(upgrades.sort()).toEqual(['listen @deepgram/sdk/5.13.0', 'speak @deepgram/sdk/5.13.0']);
  });

  it('does not block the event loop of the services', () => {
    expect(delay.percentile(99) / 1e6).toBeLessThanOrEqual(30);
  });
});
