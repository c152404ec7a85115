import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DeepgramClient } from '@deepgram/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { tone, type Emulator, type Scenario } from '../../../src/emulator/index.ts';
import { serve, silence, turnRow } from './client.ts';

const booking: Scenario = {
  flux: [turnRow(80, 'StartOfTurn', 'Book'), turnRow(160, 'EagerEndOfTurn', 'Book it.'), turnRow(240, 'EndOfTurn', 'Book it.')],
};
/** Audio at once; a character takes 40 ms, one frame of 1280 bytes. */
const quick = { speech: { firstAudioMs: 0, msPerChar: 40 } } as const;

const deepgramOf = ({ deepgramUrl }: Emulator) => new DeepgramClient({ apiKey: 'secret', baseUrl: deepgramUrl });
const listenArgs = { model: 'flux-general-en', encoding: 'linear16', sample_rate: 16_000, Authorization: '' } as const;
const speakArgs = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: '16000', Authorization: '' } as const;

describe('the official clients work with the emulator unchanged', () => {
  it('@deepgram/sdk recognises (listen v2)', async () => {
    const server = await serve(booking);
    const socket = await deepgramOf(server).listen.v2.connect({
      ...listenArgs,
      eager_eot_threshold: 0.4,
      keyterm: ['one', 'two'],
    });
    const received: unknown[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        received.push('event' in message ? message.event : message.type);
        if (message.type === 'TurnInfo' && message.event === 'EndOfTurn') socket.sendCloseStream({ type: 'CloseStream' });
      });
      socket.on('close', () => resolve());
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendMedia(silence(160));
    socket.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 0.8 } });
    socket.sendMedia(silence(80));
    await closed;
    expect(received).toStrictEqual(['Connected', 'StartOfTurn', 'EagerEndOfTurn', 'ConfigureSuccess', 'EndOfTurn']);
    expect(server.reported[0]).toMatchObject({
      kind: 'upgrade',
      service: 'listen',
      status: 101,
      userAgent: expect.stringContaining('@deepgram/sdk') as string,
    });
  });

  it('@deepgram/sdk recognises as an async iterable (listen v2)', async () => {
    const server = await serve(booking);
    const socket = await deepgramOf(server).listen.v2.connect(listenArgs);
    const received = readAll(socket, (message) => ('event' in message ? message.event : message.type));
    socket.connect();
    await socket.waitForOpen();
    socket.sendMedia(silence(160));
    socket.sendForceEndTurn({ type: 'ForceEndTurn' });
    socket.sendCloseStream({ type: 'CloseStream' });
    expect(await received).toStrictEqual(['Connected', 'StartOfTurn', 'EagerEndOfTurn', 'EndOfTurn']);
  });

  it('@deepgram/sdk speaks (speak v1)', async () => {
    const server = await serve(quick);
    const socket = await deepgramOf(server).speak.v1.connect(speakArgs);
    const received: string[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        const type = named(message);
        received.push(type);
        if (type === 'Flushed') socket.sendClose({ type: 'Close' });
      });
      socket.on('close', () => resolve());
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendText({ type: 'Speak', text: 'Hi' });
    socket.sendFlush({ type: 'Flush' });
    await closed;
    expect(received).toStrictEqual(['Metadata', 'audio 1280', 'audio 1280', 'Flushed']);
  });

  it('@deepgram/sdk speaks as an async iterable (speak v1)', async () => {
    const server = await serve(quick);
    const socket = await deepgramOf(server).speak.v1.connect(speakArgs);
    const received = readAll(socket, named);
    socket.connect();
    await socket.waitForOpen();
    socket.sendText({ type: 'Speak', text: 'Hi' });
    socket.sendFlush({ type: 'Flush' });
    socket.sendClear({ type: 'Clear' });
    socket.sendText({ type: 'Speak', text: 'Ho' });
    socket.sendClose({ type: 'Close' });
    const [metadata, ...rest] = await received;
    expect(metadata).toBe('Metadata');
    expect(rest.slice(rest.indexOf('Cleared'))).toStrictEqual(['Cleared', 'audio 1280', 'audio 1280']);
  });

  it('a browser’s WebSocket, with its key as subprotocol, listens and speaks', { timeout: 30_000 }, async () => {
    const server = await serve({ ...booking, ...quick }, 'secret');
    const listened = await inBrowser(
      `${server.deepgramUrl}/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000`,
      ['new Uint8Array(5120)', `'{"type":"CloseStream"}'`],
    );
    expect(listened).toStrictEqual(['open token', 'Connected', 'StartOfTurn', 'EagerEndOfTurn', 'close 1005']);
    const spoken = await inBrowser(`${server.deepgramUrl}/v1/speak?model=aura-2-phoebe-en&encoding=linear16&sample_rate=16000`, [
      `'{"type":"Speak","text":"Hi"}'`,
      `'{"type":"Flush"}'`,
      `'{"type":"Close"}'`,
    ]);
    expect(spoken).toStrictEqual(['open token', 'Metadata', 'audio 1280', 'audio 1280', 'Flushed', 'close 1000']);
  });

  it('openai completes, as a stream and whole', async () => {
    const server = await serve({ model: { firstTokenMs: 0, tokenMs: 0, replies: ['One two three.'] } }, 'secret');
    const openai = new OpenAI({ apiKey: 'secret', baseURL: server.openaiUrl });
    const asked = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello' }] };
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of await openai.chat.completions.create({
      ...asked,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(text).toBe('One two three.');
    expect(usage?.completion_tokens).toBe(3);
    const whole = await openai.chat.completions.create(asked);
    expect(whole.choices[0]?.message.content).toBe('One two three.');
    expect(whole._request_id).toMatch(/^req_/);
    expect((await openai.models.list()).data[0]?.id).toBe('gpt-4o-mini');
  });

  it('openai reports a wrong key and an unknown model, and retries after a 500', async () => {
    const server = await serve({ model: { firstTokenMs: 0, replies: [{ say: 'Yes.', status: 500, times: 1 }] } }, 'secret');
    const asked = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello' }] };
    await expect(new OpenAI({ apiKey: 'wrong', baseURL: server.openaiUrl }).chat.completions.create(asked)).rejects.toThrow(
      OpenAI.AuthenticationError,
    );
    const openai = new OpenAI({ apiKey: 'secret', baseURL: server.openaiUrl });
    await expect(openai.chat.completions.create({ ...asked, model: 'gpt-0' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    const answered = await openai.chat.completions.create(asked);
    expect(answered.choices[0]?.message.content).toBe('Yes.');
    expect(server.reported.filter(({ kind }) => kind === 'request').map(({ status }) => status)).toStrictEqual([
      401, 404, 200, 200,
    ]);
  });

  it('openai retries a stream after a 503', async () => {
    const server = await serve({ model: { firstTokenMs: 0, replies: [{ say: 'Yes.', status: 503, times: 1 }] } });
    const openai = new OpenAI({ apiKey: 'secret', baseURL: server.openaiUrl });
    expect(await answered(openai, 'Hello')).toBe('Yes.');
    expect(server.reported.filter(({ kind }) => kind === 'request')).toHaveLength(2);
  });

  it('all of them at once do not affect each other', async () => {
    const replies = ['red', 'blue'].map((color) => ({ when: color, say: `It is ${color}, as you say.` }));
    const server = await serve({ ...booking, speech: quick.speech, model: { firstTokenMs: 0, tokenMs: 1, replies } });
    const deepgram = deepgramOf(server);
    const openai = new OpenAI({ apiKey: 'secret', baseURL: server.openaiUrl });

    const listen = async (ms: number) => {
      const socket = await deepgram.listen.v2.connect(listenArgs);
      const received = readAll(socket, (message) => ('event' in message ? message.event : message.type));
      socket.connect();
      await socket.waitForOpen();
      socket.sendMedia(silence(ms));
      socket.sendCloseStream({ type: 'CloseStream' });
      return received;
    };
    const speak = async (text: string) => {
      const socket = await deepgram.speak.v1.connect(speakArgs);
      const received = readAll(socket, (message) => message);
      socket.connect();
      await socket.waitForOpen();
      socket.sendText({ type: 'Speak', text });
      socket.sendClose({ type: 'Close' });
      const sounds = (await received).filter((message) => message instanceof Blob).map((blob) => blob.arrayBuffer());
      return Buffer.concat((await Promise.all(sounds)).map((bytes) => Buffer.from(bytes)));
    };
    const { sample_rate, ...voice } = speakArgs;
    const soundOf = (text: string) => {
      const frame = tone(text, { ...voice, sample_rate: Number(sample_rate) });
      return Buffer.concat(Array.from({ length: text.length }, () => frame));
    };

    const calls = [listen(80), listen(240), speak('One'), speak('Three'), answered(openai, 'Red?'), answered(openai, 'Blue?')];
    expect(await Promise.all<unknown>(calls)).toStrictEqual([
      ['Connected', 'StartOfTurn'],
      ['Connected', 'StartOfTurn', 'EagerEndOfTurn', 'EndOfTurn'],
      soundOf('One'),
      soundOf('Three'),
      'It is red, as you say.',
      'It is blue, as you say.',
    ]);
  });
});

/** The joined answer of a stream. */
async function answered(openai: OpenAI, content: string): Promise<string> {
  let text = '';
  const asked = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content }], stream: true as const };
  for await (const chunk of await openai.chat.completions.create(asked)) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

/** Maps each message, up to the close. */
async function readAll<T, U>(messages: AsyncIterable<T>, project: (message: T) => U): Promise<U[]> {
  const read: U[] = [];
  for await (const message of messages) read.push(project(message));
  return read;
}

const named = (message: Blob | string | { readonly type: string }) =>
  message instanceof Blob ? `audio ${message.size}` : typeof message === 'string' ? message : message.type;

/**
 * What the WebSocket of browsers, as Node has it behind a flag, tells of a connection on which it sends these frames
 * (JavaScript) at once.
 */
async function inBrowser(url: string, frames: readonly string[]): Promise<string[]> {
  const script = `
    const socket = new WebSocket(${JSON.stringify(url)}, ['token', 'secret']);
    socket.binaryType = 'arraybuffer';
    const nameOf = (data) => typeof data === 'string' ? JSON.parse(data).event ?? JSON.parse(data).type : 'audio ' + data.byteLength;
    socket.onopen = () => {
      console.log('open', socket.protocol);
      for (const frame of [${frames.join(', ')}]) socket.send(frame);
    };
    socket.onmessage = ({ data }) => console.log(nameOf(data));
    socket.onerror = () => console.log('error');
    socket.onclose = ({ code }) => console.log('close', code);`;
  const args = ['--experimental-websocket', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return stdout.trim().split('\n');
}
