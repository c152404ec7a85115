import { once } from 'node:events';
import { map, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { emulator, scripted, type Emulator, type Fault, type Backend, type Scenario } from '../../../src/emulator/index.ts';
import { Client, refusal, silence, turnRow, type Json } from '../server/client.ts';

const raw = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const voice = 'model=aura-2-phoebe-en&encoding=linear16&sample_rate=16000';
const story: Scenario = {
  flux: [turnRow(80, 'StartOfTurn', 'Book'), turnRow(1000, 'EndOfTurn', 'Book it.')],
  model: { firstTokenMs: 0, tokenMs: 0 },
  speech: { firstAudioMs: 0, msPerChar: 40 },
};

async function serve(fault: Fault, backend: Backend = scripted(story)): Promise<Emulator> {
  const server = await emulator({ backend, faults: [fault] });
  onTestFinished(() => server.close());
  return server;
}

type Variant = Extract<Fault, { readonly kind: 'variant' }>;
type Fields<S> = Omit<Extract<Variant, { readonly service: S }>, 'kind' | 'service'>;

/** A client of this variant of Flux. */
async function listen(fields: Fields<'listen'>, backend?: Backend): Promise<Client> {
  const { deepgramUrl } = await serve({ service: 'listen', kind: 'variant', ...fields }, backend);
  return new Client(`${deepgramUrl}/v2/listen?${raw}`).opened();
}

/** A client of this variant of Aura. */
async function speak(fields: Fields<'speak'>): Promise<Client> {
  const { deepgramUrl } = await serve({ service: 'speak', kind: 'variant', ...fields });
  return new Client(`${deepgramUrl}/v1/speak?${voice}`).opened();
}

const typesOf = ({ received }: Client) => received.map((one) => (Buffer.isBuffer(one) ? 'audio' : (one['event'] ?? one['type'])));
const isType = (type: string) => (text: Json) => text['type'] === type;
const say = (text: string) => ({ type: 'Speak', text });
const [flush, clear, close, closeStream] = [{ type: 'Flush' }, { type: 'Clear' }, { type: 'Close' }, { type: 'CloseStream' }];
const nothingHeard = 'NET-0001 nothing was received in time';

/** A backend that emits its turns only after its input has completed. */
const lastWord = (): Backend => {
  const update = { type: 'TurnInfo', event: 'Update', turn_index: 0, transcript: 'Book' };
  return {
    ...scripted({}),
    listen: () => (inputs) =>
      inputs.pipe(
        toArray(),
        map(() => update),
      ),
  };
};

describe('variants of Flux', () => {
  it.each([
    [1008, nothingHeard],
    [1005, ''],
    [1006, ''],
  ] as const)('§11.9 an idle connection closes with another code (%i)', async (idleCode, reason) => {
    const client = await listen({ idleMs: 50, idleCode });
    expect(await client.closed).toStrictEqual({ code: idleCode, reason });
  });

  it('§11.9 another idle time is possible, and a ping restarts it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = await listen({ idleMs: 300 });
    vi.advanceTimersByTime(299);
    client.socket.ping();
    await once(client.socket, 'pong');
    vi.advanceTimersByTime(299);
    client.socket.ping();
    await once(client.socket, 'pong');
    vi.advanceTimersByTime(300);
    expect(await client.closed).toStrictEqual({ code: 1011, reason: nothingHeard });
  });

  it('§11.7 CloseStream closes at once; messages still to be sent are lost', async () => {
    const [finishing, leaving] = [await listen({}, lastWord()), await listen({ close: 'at once' }, lastWord())];
    for (const client of [finishing, leaving]) client.send(silence(80), closeStream);
    expect([await finishing.closed, typesOf(finishing)]).toStrictEqual([{ code: 1005, reason: '' }, ['Connected', 'Update']]);
    expect([await leaving.closed, typesOf(leaving)]).toStrictEqual([{ code: 1005, reason: '' }, ['Connected']]);
  });

  it('§11.7 an empty audio frame closes like CloseStream', async () => {
    const client = await listen({ emptyFrame: 'closes' });
    client.send(silence(80), new Uint8Array(), silence(1000));
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    expect(typesOf(client)).toStrictEqual(['Connected', 'StartOfTurn']);
  });

  it('§11.8 an older build cannot read ForceEndTurn', async () => {
    const client = await listen({ forceEndTurn: 'unknown' });
    client.send(silence(80), { type: 'ForceEndTurn' });
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    expect(typesOf(client)).toStrictEqual(['Connected', 'StartOfTurn', 'Error']);
    expect(client.texts[2]).toMatchObject({ code: 'UNPARSABLE_CLIENT_MESSAGE', sequence_id: 2 });
  });

  it('§11.8 another limit on pending Configure messages', async () => {
    const deaf: Backend = { ...scripted({}), listen: () => (inputs) => inputs.pipe(toArray(), map(answersIn), (all) => all) };
    const client = await listen({ maxPending: 1 }, deaf);
    client.send({ type: 'Configure', numerals: true }, { type: 'Configure', numerals: false }, closeStream);
    await client.closed;
    expect(client.texts.at(-1)).toMatchObject({
      type: 'Answers',
      all: ['ConfigureSuccess', 'ConfigureFailure TOO_MANY_PENDING'],
    });
  });

  it('§11.7 null unsets eager_eot_threshold', async () => {
    const client = await listen({ eagerNull: 'unsets' });
    const thresholds = (eager_eot_threshold: number | null) => ({ type: 'Configure', thresholds: { eager_eot_threshold } });
    client.send(thresholds(0.4), { type: 'Configure', numerals: true }, thresholds(null), closeStream);
    await client.closed;
    const confirmed = client.texts.slice(1).map((text) => text['thresholds']);
    const set = { eager_eot_threshold: 0.4, eot_threshold: 0.7, eot_timeout_ms: 5000 };
    expect(confirmed).toStrictEqual([set, set, { eot_threshold: 0.7, eot_timeout_ms: 5000 }]);
  });

  it('§11.5 seconds have the rounding errors of single precision', async () => {
    const words = [{ word: 'Book', confidence: 0.48, start: 0, end: 0.48 }];
    const row = turnRow(80, 'StartOfTurn', 'Book', 0, { audio_window_start: 0, audio_window_end: 0.48, words });
    const client = await listen({ numbers: 'single precision' }, scripted({ flux: [row] }));
    client.send(silence(80));
    expect(await client.until(isType('TurnInfo'))).toMatchObject({
      audio_window_start: 0,
      audio_window_end: 0.47999996,
      words: [{ word: 'Book', confidence: 0.48, start: 0, end: 0.47999996 }],
    });
  });

  it('§11.1 unknown parameters are ignored', async () => {
    const { deepgramUrl } = await serve({ service: 'listen', kind: 'variant', unknownParameters: 'ignored' });
    const client = await new Client(`${deepgramUrl}/v2/listen?${raw}&smart_format=true`).opened();
    expect(await client.until(isType('Connected'))).toMatchObject({ sequence_id: 0 });
    expect((await refusal(`${deepgramUrl}/v2/listen?${raw}&eot_threshold=2`)).status).toBe(400);
  });

  it('§11.1 a refusal has the body of the older API', async () => {
    const { deepgramUrl } = await serve({ service: 'listen', kind: 'variant', refusals: 'v1' });
    const { headers, body } = await refusal(`${deepgramUrl}/v2/listen?${raw}&smart_format=true`);
    expect(body).toStrictEqual({
      err_code: 'INVALID_PARAMETER',
      err_msg: 'unknown parameter smart_format',
      request_id: headers['dg-request-id'],
    });
  });

  it('applies to its connections only', async () => {
    const { deepgramUrl } = await serve({ service: 'listen', kind: 'variant', emptyFrame: 'closes', connection: 1 });
    const [first, second] = [1, 2].map(() => new Client(`${deepgramUrl}/v2/listen?${raw}`)) as [Client, Client];
    await first.opened();
    await second.opened();
    for (const client of [first, second]) client.send(new Uint8Array(), silence(80), closeStream);
    await Promise.all([first.closed, second.closed]);
    expect([typesOf(first), typesOf(second)]).toStrictEqual([['Connected', 'StartOfTurn'], ['Connected']]);
  });
});

/** Request and answer as one message. */
function answersIn(inputs: readonly unknown[]): Json & { readonly type: string } {
  const all = inputs.flatMap((input) => {
    const { message } = input as { readonly message?: Json };
    return message === undefined ? [] : [[message['type'], message['code']].filter(Boolean).join(' ')];
  });
  return { type: 'Answers', all };
}

describe('variants of Aura', () => {
  it('A8.2 text is spoken before its Flush, and the Flush is still answered', async () => {
    const client = await speak({ sound: 'before Flush' });
    client.send(say('Hi'));
    while (typesOf(client).length < 3) await once(client.socket, 'message');
    expect(typesOf(client)).toStrictEqual(['Metadata', 'audio', 'audio']);
    client.send(say('Ho'), flush, close);
    expect((await client.closed).code).toBe(1000);
    expect(typesOf(client)).toStrictEqual(['Metadata', 'audio', 'audio', 'audio', 'audio', 'Flushed']);
  });

  it('A8.3 Clear stops audio that began before its Flush', async () => {
    const client = await speak({ sound: 'before Flush' });
    client.send(say('x'.repeat(500)), clear, flush, close);
    expect((await client.closed).code).toBe(1000);
    expect(typesOf(client).filter((type) => type !== 'audio')).toStrictEqual(['Metadata', 'Cleared', 'Flushed']);
    expect(client.audio.length).toBeLessThan(500 * 1280);
  });

  it('A8.2 a Flush without text is not answered', async () => {
    const client = await speak({ emptyFlush: 'unanswered' });
    client.send(flush, say('Hi'), flush, flush, close);
    await client.closed;
    expect(typesOf(client)).toStrictEqual(['Metadata', 'audio', 'audio', 'Flushed']);
  });

  it('A8.3 an interrupted flush still gets its Flushed, before Cleared', async () => {
    const client = await speak({ cutFlush: 'Flushed' });
    client.send(flush);
    await client.until(isType('Flushed'));
    client.send(clear, say('x'.repeat(500)), flush, say('y'), flush, clear, say('Hi'), flush, clear, close);
    await client.closed;
    const types = typesOf(client).filter((type) => type !== 'audio');
    const cut = ['Flushed', 'Flushed', 'Cleared', 'Flushed', 'Cleared'];
    expect(types).toStrictEqual(['Metadata', 'Flushed', 'Cleared', ...cut]);
    expect(client.texts.slice(1).map((text) => text['sequence_id'])).toStrictEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['by type', [0, 1, 0, 2]],
    ['zero', [0, 0, 0, 0]],
  ] as const)('A8.3 sequence_id is counted otherwise (%s)', async (sequence, is) => {
    const client = await speak({ sequence });
    client.send(flush, flush);
    await client.until(isType('Flushed'), 2);
    client.send(clear, flush, close);
    await client.closed;
    expect(typesOf(client)).toStrictEqual(['Metadata', 'Flushed', 'Flushed', 'Cleared', 'Flushed']);
    expect(client.texts.slice(1).map((text) => text['sequence_id'])).toStrictEqual(is);
  });

  it('A8.4 Close closes at once; remaining text is not spoken', async () => {
    const client = await speak({ close: 'at once' });
    client.send(say('x'.repeat(500)), flush);
    await once(client.socket, 'message');
    client.send(close);
    expect((await client.closed).code).toBe(1000);
    expect(client.audio.length).toBeLessThan(500 * 1280);
    expect(typesOf(client)).not.toContain('Flushed');
  });

  it.each([
    ['code', { code: 'EXCESSIVE_FLUSH', description: 'flush allowance used up' }],
    ['warn_code', { warn_code: 'EXCESSIVE_FLUSH', warn_msg: 'flush allowance used up' }],
    ['code only', { code: 'EXCESSIVE_FLUSH' }],
  ] as const)('A8.6 a Warning has its fields in one spelling (%s)', async (warnings, fields) => {
    const client = await speak({ warnings });
    client.send(...Array.from({ length: 21 }, () => flush));
    expect(await client.until(isType('Warning'))).toStrictEqual({ type: 'Warning', ...fields });
  });

  it('A8.5 an idle connection closes', async () => {
    const client = await speak({ idleMs: 50, idleCode: 1008 });
    expect(await client.closed).toStrictEqual({ code: 1008, reason: nothingHeard });
  });

  it('A8.5 the connection closes before 60 minutes', async () => {
    const reason = 'NET-0003 the connection has stood for its 60 minutes';
    const { deepgramUrl } = await serve({ service: 'speak', kind: 'close', afterMs: 50, reason });
    const client = await new Client(`${deepgramUrl}/v1/speak?${voice}`).opened();
    expect(await client.closed).toStrictEqual({ code: 1011, reason });
  });

  it('A8.1 unknown parameters are ignored', async () => {
    const { deepgramUrl } = await serve({ service: 'speak', kind: 'variant', unknownParameters: 'ignored' });
    const client = await new Client(`${deepgramUrl}/v1/speak?${voice}&priority=low`).opened();
    expect(await client.until(isType('Metadata'))).toMatchObject({ model_name: 'aura-2-phoebe-en' });
  });
});

describe('variants of completions', () => {
  const request = (stream: boolean) => ({
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Hi' }] }),
  });

  it('B6.2 the body stays open after [DONE]', async () => {
    const { openaiUrl } = await serve({ service: 'chat', kind: 'variant', done: 'left open' });
    const leave = new AbortController();
    const { body } = await fetch(`${openaiUrl}/chat/completions`, { ...request(true), signal: leave.signal });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.endsWith('data: [DONE]\n\n')) text += (await reader.read()).value ?? '';
    const more = reader.read().catch(() => 'left');
    expect(await Promise.race([more, fetch(`${openaiUrl}/models`).then(() => 'still open')])).toBe('still open');
    leave.abort();
    expect(await more).toBe('left');
  });

  it.each([
    [429, 'insufficient_quota', 'You exceeded your current quota.'],
    [400, 'context_length_exceeded', "This model's maximum context length is 8192 tokens."],
  ])('B6.5 refuses with %i and the code %s', async (status, code, message) => {
    const { openaiUrl } = await serve({ service: 'chat', kind: 'refuse', status, code, message });
    const answer = await fetch(`${openaiUrl}/chat/completions`, request(false));
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code, message } });
  });

  it('§11.10 refuses an upgrade with the code and message of the fault', async () => {
    const fault = { service: 'listen', kind: 'refuse', status: 403, code: 'NOT_HERE', message: 'not in this region' } as const;
    const { deepgramUrl } = await serve(fault);
    const { headers, body } = await refusal(`${deepgramUrl}/v2/listen?${raw}`);
    expect(headers['dg-error']).toBe('not in this region');
    expect(body).toMatchObject({ err_code: 'NOT_HERE', err_msg: 'not in this region' });
  });
});
