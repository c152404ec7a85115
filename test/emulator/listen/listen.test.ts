import { once } from 'node:events';
import { concatMap, delayWhen, EMPTY, map, ReplaySubject, throwError } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { scripted, type Backend, type Scenario } from '../../../src/emulator/index.ts';
import { Client, refusal, serve, silence, turnRow } from '../server/client.ts';

const raw = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const listen = async (scenario: Scenario | Backend, query = raw) => {
  const server = await serve(scenario);
  const client = await new Client(`${server.deepgramUrl}/v2/listen?${query}`).opened();
  return { server, client };
};
const isEvent = (event: string) => (text: Record<string, unknown>) => text['event'] === event;
const isType = (type: string) => (text: Record<string, unknown>) => text['type'] === type;
const turn: Scenario = {
  flux: [turnRow(160, 'StartOfTurn', 'Book'), turnRow(240, 'Update', 'Book a table'), turnRow(400, 'EndOfTurn', 'Book a table.')],
};

describe('§11.1', () => {
  it.each([
    ['no model', 'encoding=linear16&sample_rate=16000', 400, 'model is required'],
    ['an unknown model', 'model=flux', 403, 'no access to model flux, or no such model'],
    ['an unknown parameter', `${raw}&smart_format=true`, 400, 'unknown parameter smart_format'],
    ['language', `${raw}&language=en`, 400, 'unknown parameter language'],
    ['a parameter given twice', `${raw}&eot_threshold=0.7&eot_threshold=0.8`, 400, 'eot_threshold is given more than once'],
    [
      'an unknown encoding',
      'model=flux-general-en&encoding=mp3&sample_rate=16000',
      400,
      'encoding must be one of linear16, linear32, mulaw, alaw, opus, ogg-opus',
    ],
    [
      'an encoding nothing here decodes',
      'model=flux-general-en&encoding=opus&sample_rate=48000',
      400,
      'the emulator does not decode opus',
    ],
    ['encoding without sample_rate', 'model=flux-general-en&encoding=linear16', 400, 'encoding needs sample_rate'],
    ['sample_rate without encoding', 'model=flux-general-en&sample_rate=16000', 400, 'sample_rate needs encoding'],
    [
      'an unknown sample_rate',
      'model=flux-general-en&encoding=linear16&sample_rate=11025',
      400,
      'sample_rate must be one of 8000, 16000, 24000, 44100, 48000',
    ],
    ['eot_threshold below its range', `${raw}&eot_threshold=0.49`, 400, 'eot_threshold must be a number from 0.5 to 1'],
    ['eot_threshold above its range', `${raw}&eot_threshold=1.01`, 400, 'eot_threshold must be a number from 0.5 to 1'],
    [
      'eager_eot_threshold out of range',
      `${raw}&eager_eot_threshold=0.29`,
      400,
      'eager_eot_threshold must be a number from 0.3 to 0.9',
    ],
    [
      'eager_eot_threshold above eot_threshold',
      `${raw}&eager_eot_threshold=0.8&eot_threshold=0.7`,
      400,
      'eager_eot_threshold must not be above eot_threshold',
    ],
    [
      'eager_eot_threshold above the default eot_threshold',
      `${raw}&eager_eot_threshold=0.8`,
      400,
      'eager_eot_threshold must not be above eot_threshold',
    ],
    ['eot_timeout_ms out of range', `${raw}&eot_timeout_ms=499`, 400, 'eot_timeout_ms must be a number from 500 to 60000'],
    ['a number that is none', `${raw}&eot_timeout_ms=5e3`, 400, 'eot_timeout_ms must be a number from 500 to 60000'],
    ['an empty keyterm', `${raw}&keyterm=`, 400, 'keyterm must be 1 to 100 characters'],
    ['a long keyterm', `${raw}&keyterm=${'x'.repeat(101)}`, 400, 'keyterm must be 1 to 100 characters'],
    ['too many keyterms', `${raw}${'&keyterm=x'.repeat(101)}`, 400, 'keyterm takes at most 100 terms'],
    ['language_hint on the English model', `${raw}&language_hint=es`, 400, 'language_hint needs flux-general-multi'],
    [
      'an unknown language_hint',
      `${raw.replace('-en', '-multi')}&language_hint=xx`,
      400,
      'language_hint must be one of en, es, fr, de, hi, ru, pt, ja, it, nl',
    ],
    ['an empty language_hint', `${raw.replace('-en', '-multi')}&language_hint=`, 400, 'language_hint must not be empty'],
    ['a flag that is none', `${raw}&numerals=yes`, 400, 'numerals must be one of true, false'],
    ['an unknown redact', `${raw}&redact=pci`, 400, 'redact must be one of numbers, aggressive_numbers'],
    ['a long tag', `${raw}&tag=${'x'.repeat(129)}`, 400, 'tag takes at most 128 characters'],
  ])('§11.1 %s is refused with the reason in header and body', async (_, query, status, reason) => {
    const server = await serve({});
    const refused = await refusal(`${server.deepgramUrl}/v2/listen?${query}`);
    expect(refused.status).toBe(status);
    expect(refused.headers['dg-error']).toBe(reason);
    expect(refused.body).toStrictEqual(
      status === 400
        ? { code: 'INVALID_PARAMETER', description: reason, request_id: refused.headers['dg-request-id'] }
        : { err_code: 'INSUFFICIENT_PERMISSIONS', err_msg: reason, request_id: refused.headers['dg-request-id'] },
    );
    expect(server.reported).toMatchObject([{ kind: 'upgrade', service: 'listen', status }]);
  });

  it('§11.1 every parameter of §1.1 is accepted', async () => {
    const query = [
      ...[
        'model=flux-general-multi',
        'encoding=mulaw',
        'sample_rate=8000',
        'eot_threshold=1.0',
        'eager_eot_threshold=0.3',
        'eot_timeout_ms=60000',
      ],
      ...[
        'keyterm=Ledgerline',
        'keyterm=Mr%20Okonkwo',
        'language_hint=es',
        'language_hint=pt-BR',
        'profanity_filter=true',
        'numerals=true',
      ],
      ...['redact=numbers', 'mip_opt_out=true', 'tag=a', 'tag=b'],
    ].join('&');
    const { client } = await listen({}, query);
    expect(await client.until(isType('Connected'))).toMatchObject({ sequence_id: 0 });
  });

  it.each(['/v1/listen', '/v2/listen/', '/', '/v2/speak'])('§11.1 %s is not served', async (path) => {
    const server = await serve({});
    expect((await refusal(`${server.deepgramUrl}${path}?${raw}`)).status).toBe(404);
  });

  it.each([
    ['no key', {}, [], undefined],
    ['an empty key', { authorization: 'Token ' }, [], undefined],
    ['a key sent as Bearer', { authorization: 'Bearer secret' }, [], undefined],
    ['another key than the one asked for', { authorization: 'Token other' }, [], 'secret'],
    ['another key as subprotocol', {}, ['token', 'other'], 'secret'],
  ])('§11.1 %s is refused with 401', async (_, headers, protocols, key) => {
    const server = await serve({}, key);
    const refused = await refusal(`${server.deepgramUrl}/v2/listen?${raw}`, headers, protocols);
    expect(refused.status).toBe(401);
    expect(refused.body).toStrictEqual({
      err_code: 'INVALID_AUTH',
      err_msg: 'Invalid credentials.',
      request_id: refused.headers['dg-request-id'],
    });
    expect(refused.headers['dg-error']).toBe('Invalid credentials.');
  });

  it.each([
    ['a key in the header', ['secret'], [], { authorization: 'Token secret' }],
    ['a short-lived token in the header', [undefined], [], { authorization: 'Bearer aa.bb.cc' }],
    ['a key as subprotocol, which is echoed', ['secret'], ['token', 'secret'], {}],
    ['a short-lived token as subprotocol', [undefined], ['bearer', 'aa.bb.cc'], {}],
  ])('§11.1 %s is accepted', async (_, [key], protocols, headers) => {
    const server = await serve({}, key);
    const client = new Client(`${server.deepgramUrl}/v2/listen?${raw}`, protocols, {
      headers: headers,
    });
    await client.until(isType('Connected'));
    expect(client.socket.protocol).toBe(protocols[0] ?? '');
  });

  it('§11.1 an upgrade carries dg-request-id, the id of the messages, and no permessage-deflate', async () => {
    const { client } = await listen({});
    const connected = await client.until(isType('Connected'));
    expect(client.headers['dg-request-id']).toBe(connected['request_id']);
    expect(client.headers['dg-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(client.socket.extensions).toBe('');
  });
});

describe('§11.2', () => {
  it('§11.2 Connected is first; all messages share one counter and one id', async () => {
    const { client } = await listen(turn);
    client.send({ type: 'ForceEndTurn' }, silence(400), { type: 'Configure', keyterms: ['a'] }, { type: 'ForceEndTurn' });
    await client.until(isType('Warning'), 2);
    expect(client.texts.map(({ type, event }) => event ?? type)).toStrictEqual([
      ...['Connected', 'Warning', 'StartOfTurn', 'Update', 'EndOfTurn', 'ConfigureSuccess', 'Warning'],
    ]);
    expect(client.texts.map(({ sequence_id }) => sequence_id)).toStrictEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(client.texts.map(({ request_id }) => request_id)).size).toBe(1);
  });

  it('§11.2 another connection has another counter and id', async () => {
    const server = await serve({});
    const url = `${server.deepgramUrl}/v2/listen?${raw}`;
    const [one, two] = await Promise.all([
      new Client(url).until(isType('Connected')),
      new Client(url).until(isType('Connected')),
    ]);
    expect([one['sequence_id'], two['sequence_id']]).toStrictEqual([0, 0]);
    expect(one['request_id']).not.toBe(two['request_id']);
  });
});

describe('§11.3', () => {
  it('§11.3 rows are sent by audio time, however the audio is cut', async () => {
    const { client } = await listen(turn);
    client.send(silence(159), { type: 'ForceEndTurn' }, silence(1), { type: 'ForceEndTurn' });
    await client.until(isType('Warning'));
    await client.until(isEvent('EndOfTurn'));
    expect(client.texts.map(({ type, event }) => event ?? type)).toStrictEqual([
      'Connected',
      'Warning',
      'StartOfTurn',
      'EndOfTurn',
    ]);
  });

  it.each([
    ['mulaw', 8000, 160 * 8],
    ['alaw', 8000, 160 * 8],
    ['linear16', 48_000, 160 * 96],
    ['linear32', 16_000, 160 * 64],
  ])('§11.3 the clock counts bytes of %s at %i Hz', async (encoding, rate, bytes) => {
    const { client } = await listen(turn, `model=flux-general-en&encoding=${encoding}&sample_rate=${rate}`);
    client.send(new Uint8Array(bytes - 4), { type: 'ForceEndTurn' }, new Uint8Array(4));
    await client.until(isEvent('StartOfTurn'));
    expect(client.texts[1]).toMatchObject({ type: 'Warning' });
  });

  it('§11.3 without audio there are no messages', async () => {
    const { client } = await listen({ flux: [turnRow(0, 'Update', '')] });
    client.send({ type: 'ForceEndTurn' });
    await client.until(isType('Warning'));
    expect(client.texts).toHaveLength(2);
    client.send(silence(1));
    expect(await client.until(isEvent('Update'))).toMatchObject({ sequence_id: 2 });
  });

  it('§11.3 the header of a WAV is removed', async () => {
    const { client } = await listen(turn, 'model=flux-general-en');
    const header = wavHeader(16_000);
    client.send(header.subarray(0, 20), header.subarray(20), silence(159), { type: 'ForceEndTurn' }, silence(1));
    await client.until(isEvent('StartOfTurn'));
    expect(client.texts[1]).toMatchObject({ type: 'Warning' });
  });

  it.each([
    ['what is no WAV', Buffer.from('OggS and so on'), 'DATA-0000 audio is not a WAV'],
    ['a WAV of another rate', wavHeader(44_100), 'DATA-0000 WAV must be 16-bit mono at 16000 Hz'],
  ])('§11.3 %s closes with 1008', async (_, bytes, reason) => {
    const { client } = await listen(turn, 'model=flux-general-en');
    client.send(bytes);
    expect(await client.closed).toStrictEqual({ code: 1008, reason });
  });
});

describe('§11.5', () => {
  it('§11.5 missing fields of a row are filled in', async () => {
    const { client } = await listen(turn);
    client.send(silence(400));
    const end = await client.until(isEvent('EndOfTurn'));
    const request_id = client.headers['dg-request-id'];
    expect(end).toStrictEqual({
      type: 'TurnInfo',
      request_id,
      sequence_id: 3,
      event: 'EndOfTurn',
      turn_index: 0,
      audio_window_start: 0,
      audio_window_end: 0.4,
      transcript: 'Book a table.',
      // "Book" was there at 0.16, the others at 0.24.
      words: [
        { word: 'Book', confidence: 0.98, start: 0, end: 0.16 },
        { word: 'a', confidence: 0.98, start: 0.16, end: 0.2 },
        { word: 'table.', confidence: 0.98, start: 0.2, end: 0.24 },
      ],
      end_of_turn_confidence: 0.8,
      trigger: 'model',
    });
    expect(client.texts.filter(({ event }) => event !== 'EndOfTurn').some((text) => 'trigger' in text)).toBe(false);
  });

  it('§11.5 the window of a turn begins at the end of the previous one', async () => {
    const { client } = await listen({ flux: [turnRow(400, 'EndOfTurn', 'a'), turnRow(480, 'Update', '', 1)] });
    client.send(silence(480));
    expect(await client.until(isEvent('Update'))).toMatchObject({ audio_window_start: 0.4, audio_window_end: 0.48, words: [] });
  });

  it('§11.5 the scripted backend sends exactly its rows, legal or not, with their own fields', async () => {
    const odd = {
      trigger: 'newer',
      words: [{ word: 'x' }],
      sequence_id: 99,
      request_id: 'mine',
      end_of_turn_confidence: 2,
      audio_window_end: 7,
    };
    const { client } = await listen({
      flux: [
        turnRow(80, 'EndOfTurn', '', 3, odd),
        { at: 80, message: { type: 'Novelty', a: 1 } },
        turnRow(80, 'TurnResumed', '', 1),
      ],
    });
    client.send(silence(80));
    await client.until(isEvent('TurnResumed'));
    expect(client.texts[1]).toMatchObject({ event: 'EndOfTurn', turn_index: 3, ...odd });
    expect(client.texts[2]).toStrictEqual({ type: 'Novelty', request_id: client.headers['dg-request-id'], sequence_id: 2, a: 1 });
    expect(client.texts[3]).toMatchObject({ event: 'TurnResumed', sequence_id: 3 });
  });
});

describe('§11.7', () => {
  it('§11.7 ForceEndTurn ends the open turn with trigger manual; without one it gets a Warning', async () => {
    const { client } = await listen(turn);
    client.send(silence(240), { type: 'ForceEndTurn' }, { type: 'ForceEndTurn' });
    const warning = await client.until(isType('Warning'));
    expect(client.texts[3]).toMatchObject({
      event: 'EndOfTurn',
      turn_index: 0,
      transcript: 'Book a table',
      trigger: 'manual',
      audio_window_end: 0.24,
    });
    expect(warning).toMatchObject({ code: 'FORCE_END_TURN_NO_ACTIVE_TURN', sequence_id: 4 });
  });

  it('§11.7 CloseStream sends the pending messages, then closes without a status code or EndOfTurn', async () => {
    const { client, server } = await listen(turn);
    client.send(silence(240), { type: 'CloseStream' });
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    expect(client.texts.map(({ type, event }) => event ?? type)).toStrictEqual(['Connected', 'StartOfTurn', 'Update']);
    expect(server.reported.map(({ kind, status }) => [kind, status])).toContainEqual(['upgrade', 101]);
  });

  it('§11.7 a ForceEndTurn after CloseStream is ignored', async () => {
    const { client } = await listen(turn);
    client.send(silence(240), { type: 'CloseStream' }, { type: 'ForceEndTurn' });
    await client.closed;
    expect(client.texts.at(-1)).toMatchObject({ event: 'Update' });
  });

  it('§11.7 Configure is answered in order with the audio, with all active settings', async () => {
    const { client } = await listen(turn, `${raw}&eager_eot_threshold=0.4&keyterm=Sluice`);
    client.send(silence(160), { type: 'Configure', thresholds: { eot_threshold: 0.8 } }, silence(240));
    await client.until(isEvent('EndOfTurn'));
    expect(client.texts.map(({ type, event }) => event ?? type)).toStrictEqual([
      'Connected',
      'StartOfTurn',
      'ConfigureSuccess',
      'Update',
      'EndOfTurn',
    ]);
    expect(client.texts[2]).toStrictEqual({
      type: 'ConfigureSuccess',
      request_id: client.headers['dg-request-id'],
      sequence_id: 2,
      thresholds: { eager_eot_threshold: 0.4, eot_threshold: 0.8, eot_timeout_ms: 5000 },
      keyterms: ['Sluice'],
      language_hints: [],
      numerals: false,
    });
  });

  it('§11.7 answers keep their order, however slow the backend', async () => {
    const slow = scripted(turn);
    const backend: Backend = {
      ...slow,
      listen: (settings) => (inputs) =>
        inputs.pipe(
          concatMap((input) => Promise.resolve(input)),
          slow.listen(settings),
        ),
    };
    const { client } = await listen(backend);
    client.send({ type: 'ForceEndTurn' }, { type: 'Configure' }, silence(160), { type: 'Configure' }, { type: 'CloseStream' });
    await client.closed;
    expect(client.texts.map(({ type, event }) => event ?? type)).toStrictEqual([
      'Connected',
      'Warning',
      'ConfigureSuccess',
      'StartOfTurn',
      'ConfigureSuccess',
    ]);
  });

  it('§11.7 a Configure replaces lists; null keeps them for later Configures too', async () => {
    const { client } = await listen(
      {},
      'model=flux-general-multi&encoding=linear16&sample_rate=16000&keyterm=a&language_hint=es',
    );
    client.send(
      {
        type: 'Configure',
        thresholds: { eager_eot_threshold: 0.5, eot_threshold: 0.8, eot_timeout_ms: 6000 },
        keyterms: ['b', 'c'],
        numerals: true,
      },
      { type: 'Configure', keyterms: [], language_hints: null },
      { type: 'Configure', language_hints: ['de'] },
    );
    expect(await client.until(isType('ConfigureSuccess'), 3)).toMatchObject({
      thresholds: { eager_eot_threshold: 0.5, eot_threshold: 0.8, eot_timeout_ms: 6000 },
      keyterms: [],
      language_hints: ['de'],
      numerals: true,
    });
    expect(client.texts[2]).toMatchObject({ keyterms: [], language_hints: ['es'] });
  });

  it.each([
    ['a threshold out of range', { thresholds: { eot_threshold: 0.4 } }, 'INVALID_THRESHOLD'],
    ['an eager threshold above the other', { thresholds: { eager_eot_threshold: 0.8 } }, 'INVALID_THRESHOLD'],
    ['a timeout out of range', { thresholds: { eot_timeout_ms: 60_001 } }, 'INVALID_THRESHOLD'],
    ['an empty keyterm', { keyterms: [''] }, 'INVALID_KEYTERM'],
    ['language hints on the English model', { language_hints: ['es'] }, 'INVALID_LANGUAGE_HINT'],
  ])('§11.7 %s gets ConfigureFailure and changes nothing, valid parts included', async (_, wrong, code) => {
    const { client } = await listen({});
    client.send({ type: 'Configure', numerals: true, ...wrong }, { type: 'Configure' });
    expect(await client.until(isType('ConfigureFailure'))).toMatchObject({ code, sequence_id: 1 });
    expect(await client.until(isType('ConfigureSuccess'))).toMatchObject({
      thresholds: { eot_threshold: 0.7, eot_timeout_ms: 5000 },
      keyterms: [],
      numerals: false,
    });
  });

  it('§11.7 the backend gets audio, settings, forced ends and answers in the order of arrival', async () => {
    const heard: string[] = [];
    const backend: Backend = {
      ...scripted({}),
      listen: () => (inputs) =>
        inputs.pipe(
          map((input) =>
            input instanceof Uint8Array
              ? `${input.length}`
              : input.type === 'Settings'
                ? `eot ${input.settings.eot_threshold}`
                : input.type,
          ),
          concatMap((input) => (heard.push(input), EMPTY)),
        ),
    };
    const { client } = await listen(backend);
    client.send(
      new Uint8Array(2),
      { type: 'Configure', thresholds: { eot_threshold: 0.9 } },
      new Uint8Array(4),
      { type: 'ForceEndTurn' },
      new Uint8Array(6),
    );
    client.send({ type: 'CloseStream' });
    await client.closed;
    expect(heard).toStrictEqual(['2', 'eot 0.9', 'Answer', '4', 'ForceEndTurn', '6']);
  });
});

describe('§11.8', () => {
  it.each([
    ['a v1 message', '{"type":"KeepAlive"}'],
    ['a v1 Configure', '{"type":"Configure","features":{"numerals":true}}'],
    ['a Configure of the wrong types', '{"type":"Configure","numerals":"true"}'],
    ['a threshold outside of thresholds', '{"type":"Configure","eot_threshold":0.8}'],
    ['what is no JSON', '{"type":'],
    ['what is no object', 'null'],
  ])('§11.8 %s gets Error UNPARSABLE_CLIENT_MESSAGE and the connection closes without a status', async (_, text) => {
    const { client } = await listen({});
    client.send(text);
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    const error = client.texts.at(-1);
    expect(error).toMatchObject({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE', sequence_id: 1 });
    expect(error).not.toHaveProperty('request_id');
  });

  it('§11.8 while eight Configure messages wait, the next one fails and changes nothing', async () => {
    const free = new ReplaySubject<void>(1);
    const slow = scripted({});
    const backend: Backend = {
      ...slow,
      listen: (settings) => (inputs) =>
        inputs.pipe(
          delayWhen(() => free),
          slow.listen(settings),
        ),
    };
    const { client } = await listen(backend);
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    client.send(...Array.from({ length: 9 }, (_, k) => ({ type: 'Configure', keyterms: [`${k}`] })));
    client.socket.ping();
    await pong;
    expect(client.texts).toHaveLength(1);
    free.next();
    client.send({ type: 'Configure' });
    await client.until(isType('ConfigureSuccess'), 9);
    expect(client.texts.slice(1)).toMatchObject([
      ...Array.from({ length: 8 }, (_, k) => ({ type: 'ConfigureSuccess', keyterms: [`${k}`] })),
      { type: 'ConfigureFailure', code: 'TOO_MANY_PENDING', description: 'too many Configures are pending' },
      { type: 'ConfigureSuccess', keyterms: ['7'] },
    ]);
  });
});

describe('§11.9', () => {
  it('§11.9 there are no binary messages, and a ping gets a pong', async () => {
    const { client } = await listen(turn);
    const pong = new Promise((resolve) => client.socket.once('pong', resolve));
    client.socket.ping();
    client.send(silence(400));
    await client.until(isEvent('EndOfTurn'));
    await pong;
    expect(client.audio).toHaveLength(0);
  });

  it('§11.9 a connection closes after 60 s without a message or ping', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { client: quiet, server } = await listen({});
    const client = await new Client(`${server.deepgramUrl}/v2/listen?${raw}`).opened();
    vi.advanceTimersByTime(59_999);
    client.socket.ping();
    await once(client.socket, 'pong');
    vi.advanceTimersByTime(1);
    expect(await quiet.closed).toStrictEqual({ code: 1011, reason: 'NET-0001 nothing was received in time' });
    vi.advanceTimersByTime(59_998);
    client.send({ type: 'ForceEndTurn' });
    await client.until(isType('Warning'));
    vi.advanceTimersByTime(59_999);
    client.send({ type: 'ForceEndTurn' });
    await client.until(isType('Warning'), 2);
    vi.advanceTimersByTime(60_000);
    expect((await client.closed).code).toBe(1011);
  });
});

describe('a scenario over connections', () => {
  it('drops the connection; the next one continues with the rows on a new audio clock', async () => {
    const server = await serve({
      flux: [
        turnRow(160, 'StartOfTurn', 'Book'),
        { at: 240, drop: true },
        turnRow(560, 'StartOfTurn', 'Book'),
        turnRow(640, 'EndOfTurn', 'Book a table'),
      ],
    });
    const url = `${server.deepgramUrl}/v2/listen?${raw}`;
    const first = await new Client(url).opened();
    first.send(silence(1000));
    expect((await first.closed).code).toBe(1006);
    expect(first.texts.map(({ event }) => event)).toStrictEqual([undefined, 'StartOfTurn']);

    const second = await new Client(url).opened();
    second.send(silence(319), { type: 'ForceEndTurn' }, silence(81));
    expect(await second.until(isEvent('EndOfTurn'))).toMatchObject({ audio_window_end: 0.4 });
    expect(second.texts[1]).toMatchObject({ type: 'Warning' });
    second.send({ type: 'CloseStream' });
    await second.closed;

    const third = await new Client(url).opened();
    third.send(silence(160));
    expect(await third.until(isEvent('StartOfTurn'))).toMatchObject({ audio_window_end: 0.16, sequence_id: 1 });
  });

  it('sends Error at an error row and closes without a status', async () => {
    const { client } = await listen({ flux: [{ at: 80, error: { code: 'INTERNAL_SERVER_ERROR' } }] });
    client.send(silence(80));
    expect(await client.closed).toStrictEqual({ code: 1005, reason: '' });
    expect(client.texts[1]).toMatchObject({ type: 'Error', code: 'INTERNAL_SERVER_ERROR' });
  });

  it.each([
    ['fails', () => throwError(() => new Error('no recogniser'))],
    [
      'throws',
      () => {
        throw new Error('no recogniser');
      },
    ],
  ])('closes with 1011 when the backend %s, and the server keeps running', async (_, hear) => {
    const backend: Backend = { ...scripted({}), listen: () => (inputs) => inputs.pipe(concatMap(hear)) };
    const { client, server } = await listen(backend);
    client.send(silence(80));
    expect((await client.closed).code).toBe(1011);
    expect(await new Client(`${server.deepgramUrl}/v2/listen?${raw}`).until(isType('Connected'))).toMatchObject({
      sequence_id: 0,
    });
    expect(server.reported).toContainEqual(
      expect.objectContaining({ kind: 'close', status: 1011, error: 'Error: no recogniser' }),
    );
  });

  it('closes with 1009 after a message that is too large', async () => {
    const { client } = await listen({});
    client.send(new Uint8Array((1 << 20) + 1));
    expect((await client.closed).code).toBe(1009);
  });
});

/** The 44 bytes before the samples of a mono WAV of 16 bits. */
function wavHeader(rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(0xffffffff, 40);
  return header;
}
