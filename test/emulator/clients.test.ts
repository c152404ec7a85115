import { DeepgramClient } from '@deepgram/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { serve, silence, turnRow } from './client.ts';

describe('the official clients work against the emulator as they are', () => {
  it('@deepgram/sdk listens (listen v2)', async () => {
    const server = await serve({
      flux: [
        turnRow(80, 'StartOfTurn', 'Book'),
        turnRow(160, 'EagerEndOfTurn', 'Book it.'),
        turnRow(240, 'EndOfTurn', 'Book it.'),
      ],
    });
    const deepgram = new DeepgramClient({ apiKey: 'secret', baseUrl: server.deepgramUrl });
    const socket = await deepgram.listen.v2.connect({
      model: 'flux-general-en',
      encoding: 'linear16',
      sample_rate: 16_000,
      eager_eot_threshold: 0.4,
      keyterm: ['one', 'two'],
      Authorization: '',
    });
    const said: unknown[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        said.push('event' in message ? message.event : message.type);
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
    expect(said).toStrictEqual(['Connected', 'StartOfTurn', 'EagerEndOfTurn', 'ConfigureSuccess', 'EndOfTurn']);
    expect(server.told[0]).toMatchObject({
      kind: 'upgrade',
      service: 'listen',
      status: 101,
      userAgent: expect.stringContaining('@deepgram/sdk') as string,
    });
  });

  it('@deepgram/sdk speaks (speak v1)', async () => {
    const server = await serve({ speech: { firstAudioMs: 0, msPerChar: 40 } });
    const deepgram = new DeepgramClient({ apiKey: 'secret', baseUrl: server.deepgramUrl });
    const socket = await deepgram.speak.v1.connect({
      model: 'aura-2-phoebe-en',
      encoding: 'linear16',
      sample_rate: '16000',
      Authorization: '',
    });
    const said: string[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        const type = message instanceof Blob ? `audio ${message.size}` : typeof message === 'string' ? message : message.type;
        said.push(type);
        if (type === 'Flushed') socket.sendClose({ type: 'Close' });
      });
      socket.on('close', () => resolve());
    });
    socket.connect();
    await socket.waitForOpen();
    socket.sendText({ type: 'Speak', text: 'Hi' });
    socket.sendFlush({ type: 'Flush' });
    await closed;
    expect(said).toStrictEqual(['Metadata', 'audio 1280', 'audio 1280', 'Flushed']);
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

  it('openai tells a wrong key and an unknown model, and tries again after a 500', async () => {
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
    expect(server.told.filter(({ kind }) => kind === 'request').map(({ status }) => status)).toStrictEqual([401, 404, 200, 200]);
  });
});
