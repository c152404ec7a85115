import fc from 'fast-check';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { complaint } from '../../src/emulator/scenario/complaint.ts';
import schema from '../../src/emulator/faults/fault.schema.json' with { type: 'json' };
import { emulator, scripted, type Emulator, type Fault, type Backend } from '../../src/emulator/index.ts';
import { corpus, damaged, damagedText, garbage, misshapen, nested, trying } from './fuzz.ts';

let server: Emulator;
beforeAll(async () => {
  const backend = scripted({ model: { firstTokenMs: 0, tokenMs: 0 }, speech: { firstAudioMs: 0, msPerChar: 1 } });
  server = await emulator({ backend, control: true });
});
afterAll(() => server.close());

const query = {
  listen: '/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000',
  speak: '/v1/speak?model=aura-2-phoebe-en&encoding=linear16&sample_rate=16000',
} as const;

/** What a client hears that sends these and then says goodbye: each message in short, and how it is hung up on. */
async function heard(service: 'listen' | 'speak' | `/v2/${string}`, ...frames: (string | Uint8Array)[]): Promise<unknown[]> {
  const path = service === 'listen' || service === 'speak' ? query[service] : service;
  const client = new WebSocket(`${server.deepgramUrl}${path}`, { headers: { authorization: 'Token k' } });
  const told: unknown[] = [];
  client.on('message', (data: Buffer, binary) => {
    const { type, code, description } = (binary ? { type: 'audio' } : JSON.parse(data.toString())) as Record<string, string>;
    if (type !== 'Connected' && type !== 'Metadata' && type !== 'audio')
      told.push([type, code, description].filter(Boolean).join(' '));
  });
  client.on('error', () => undefined);
  const over = once(client, 'close') as Promise<[number, Buffer]>;
  await Promise.race([once(client, 'open'), over]);
  for (const frame of [...frames, service === 'speak' ? '{"type":"Close"}' : '{"type":"CloseStream"}']) client.send(frame);
  const [code, reason] = await over;
  return [...told, `${code} ${reason.toString()}`.trim()];
}

/** Whether the server is still there. */
async function stands(): Promise<void> {
  expect(await heard('listen')).toStrictEqual(['1005']);
  expect((await fetch(`${server.openaiUrl}/models`, { headers: { authorization: 'Bearer k' } })).status).toBe(200);
}

const unknown = ['Error UNPARSABLE_CLIENT_MESSAGE unknown message type', '1005'];
const noConfigure = ['Error UNPARSABLE_CLIENT_MESSAGE Configure does not fit its schema', '1005'];
const taken = ['ConfigureSuccess', '1005'];
const refused = (why: string) => [`ConfigureFailure ${why}`, '1005'];
const noTurn = ['Warning FORCE_END_TURN_NO_ACTIVE_TURN no turn was open', '1005'];
const noCommand = ['1008 DATA-0000 not a valid command'];
const spoken = ['1000'];

const either = ['empty', 'not-json', 'nul-bytes', 'null', 'number', 'list', 'type-missing', 'type-prototype', 'type-list'];
const both = [...either, 'keep-alive', 'prototype-keys'];
const each = (names: readonly string[], is: readonly string[]) => Object.fromEntries(names.map((name) => [name, is]));

const expected: Readonly<Record<'listen' | 'speak', Readonly<Record<string, readonly string[]>>>> = {
  listen: {
    ...each([...both, 'bom'], unknown),
    'force-with-more': noTurn,
    ...each(['configure-prototype', 'configure-prototype-null', 'configure-inherited', 'configure-constructor'], noConfigure),
    ...each(['thresholds-prototype', 'thresholds-list', 'threshold-text', 'keyterms-numbers', 'numerals-text'], noConfigure),
    'threshold-huge': refused('INVALID_THRESHOLD eot_threshold must be between 0.5 and 1'),
    'threshold-negative': refused('INVALID_THRESHOLD eager_eot_threshold must be between 0.3 and 0.9'),
    'timeout-fraction': refused('INVALID_THRESHOLD eot_timeout_ms must be an integer'),
    'keyterms-101': refused('INVALID_KEYTERM keyterm takes at most 100 terms'),
    'keyterm-blank': refused('INVALID_KEYTERM keyterm must be 1 to 100 characters'),
    'keyterms-lone-surrogate': taken,
    'hints-on-english': refused('INVALID_LANGUAGE_HINT language_hint needs flux-general-multi'),
    'configure-twice': taken,
  },
  speak: {
    ...each([...both, 'speak-without-text', 'text-number', 'text-empty', 'reset'], noCommand),
    ...each(['text-blank', 'text-lone-surrogate', 'text-nul'], spoken),
    'text-2001': ['1009 BIG-0001 text too long'],
    'message-of-65537': ['1009 BIG-0000 message too large'],
  },
};

const good = {
  listen: [
    { type: 'Configure', thresholds: { eot_threshold: 0.8, eot_timeout_ms: 6000 }, keyterms: ['Okonkwo'], numerals: true },
    { type: 'ForceEndTurn' },
  ],
  speak: [{ type: 'Speak', text: 'Good morning. ' }, { type: 'Flush' }, { type: 'Clear' }],
} as const;

describe.each(['listen', 'speak'] as const)('a malformed frame to the emulator (%s)', (service) => {
  const cases = corpus(service);

  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected[service]).sort());
  });

  it.each(Object.entries(expected[service]))('%s', async (name, is) => {
    expect(await heard(service, cases[name]!.toString())).toStrictEqual(is);
  });

  it('is answered when it nests 20,000 lists or is too large', async () => {
    expect(await heard(service, nested(20_000))).toStrictEqual(service === 'listen' ? unknown : noCommand);
    expect(await heard(service, `{"type":${nested(20_000)}}`)).toStrictEqual(service === 'listen' ? unknown : noCommand);
    expect(await heard(service, 'x'.repeat(2 ** 20 + 1))).toStrictEqual(['1009']);
  });

  it('ends at most its connection, never the server', async () => {
    const texts = good[service].map((message) => JSON.stringify(message));
    const frame = fc.oneof(garbage, damagedText(texts), misshapen(good[service]), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async (frames) => {
        expect((await heard(service, ...frames)).at(-1)).toMatch(/^(1005|1000|1003 \S.*|1008 \S.*|1009 \S.*)$/u);
      }),
      trying(100),
    );
    await stands();
  });
});

describe('bytes to the emulator before a WebSocket is open', () => {
  const masked = (first: number, ...payload: number[]) => [first, 0x80 | payload.length, 0, 0, 0, 0, ...payload];
  it.each([
    ['utf8-cut', masked(0x81, 0xc3, 0x28), 1007],
    ['opcode-unknown', masked(0x83), 1002],
    ['not-masked', [0x81, 1, 97], 1002],
    ['reserved-bits', masked(0xf1), 1002],
    ['length-huge', [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 1009],
    ['close-code-1', masked(0x88, 0, 1), 1002],
  ])('%s is hung up on', async (_, bytes, is) => {
    const client = new WebSocket(`${server.deepgramUrl}${query.listen}`, { headers: { authorization: 'Token k' } });
    const over = once(client, 'close') as Promise<[number]>;
    await once(client, 'open');
    (client as unknown as { _socket: NodeJS.WritableStream })._socket.write(Uint8Array.from(bytes));
    expect((await over)[0]).toBe(is);
    await stands();
  });

  it('are answered, or the connection is closed', async () => {
    const upgrade = `GET ${query.listen} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const post =
      'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer k\r\nContent-Length: 9\r\n\r\n{"model"';
    const requests = fc.oneof(damagedText([upgrade, post, 'GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n']), garbage);
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => undefined).resume();
        const over = once(socket, 'close');
        socket.end(request);
        await over;
      }),
      trying(100),
    );
    await stands();
  });
});

const wavs = corpus('wav');
const badWav = (why: string) => [`1008 DATA-0000 ${why}`];
const noWav = badWav('audio is not a WAV');
const otherFormat = badWav('WAV must be 16-bit mono at 16000 Hz');
const noFormat = badWav('WAV has no format before its samples');

/** Of those that are not here the samples are heard, or waited for. */
const expectedWavs: Readonly<Record<string, readonly string[]>> = {
  ...each(['text', 'nul-bytes', 'riff-of-another-kind', 'rifx', 'rf64'], noWav),
  ...each(['channels-zero', 'channels-65535', 'rate-zero', 'rate-huge', 'bits-zero', 'stereo-half-frame'], otherFormat),
  ...each(['extensible-without-subformat', 'extensible-float', 'format-size-lies'], otherFormat),
  ...each(['format-missing', 'format-short', 'data-before-format'], noFormat),
};

describe('a malformed WAV to the emulator', () => {
  const contained = '/v2/listen?model=flux-general-en';

  it.each(Object.keys(wavs))('%s', async (name) => {
    const bytes = wavs[name]!;
    const is = expectedWavs[name] ?? ['1005'];
    expect(await heard(contained, bytes)).toStrictEqual(is);
    expect(await heard(contained, ...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toStrictEqual(is);
  });

  it('is read to the end of a header of 64 KiB, and no further', async () => {
    const header = Buffer.concat([wavs['header-only']!, Buffer.from('junk\xff\xff\xff\x7f', 'latin1')]);
    expect(await heard(contained, header, Buffer.alloc(65_000))).toStrictEqual(['1005']);
    expect(await heard(contained, header, Buffer.alloc(65_000), Buffer.alloc(1000))).toStrictEqual(badWav('WAV has no samples'));
  });

  it('ends at most its connection, however it is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(damaged(Object.values(wavs)), async (bytes) => {
        expect(await heard(contained, bytes)).toStrictEqual([expect.stringMatching(/^(1005|1008 DATA-0000 \S.*)$/u)]);
      }),
      trying(100),
    );
    await stands();
  });
});

const chatCases = corpus('chat');
const noJson = '400 We could not parse the JSON body of your request.';
const noContent = "400 'messages[0].content' must be a string or an array of text parts.";
const answered = '200 Sure.';

const expectedAnswers: Readonly<Record<string, string>> = {
  empty: noJson,
  'not-json': noJson,
  bom: noJson,
  null: noJson,
  list: noJson,
  number: noJson,
  'nul-bytes': noJson,
  'model-missing': '400 You must provide a model parameter.',
  'model-number': '400 You must provide a model parameter.',
  'model-prototype': "404 The model '__proto__' does not exist or you do not have access to it.",
  'messages-missing': "400 'messages' must be an array with at least one message.",
  'messages-empty': "400 'messages' must be an array with at least one message.",
  'messages-object': "400 'messages' must be an array with at least one message.",
  'message-null': "400 'messages[0]' must be an object.",
  'message-text': "400 'messages[0]' must be an object.",
  'role-prototype': "400 'messages[0].role' must be one of system, developer, user, assistant, tool, function.",
  'message-prototype': "400 Additional properties are not allowed ('__proto__' was unexpected) in 'messages[0]'.",
  'content-number': noContent,
  'content-null': noContent,
  'content-part-null': noContent,
  'content-lone-surrogate': answered,
  'stream-text': "400 'stream' must be a boolean.",
  'options-without-stream': "400 'stream_options' is only allowed when 'stream' is true.",
  'options-number': "400 'stream_options' must be an object.",
  'utf8-cut': answered,
};

/** The status of an answer, and what it says. */
async function post(url: string, body: string | Uint8Array): Promise<string> {
  const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (!text.startsWith('{')) return `${response.status} stream`;
  const { error, choices } = JSON.parse(text) as {
    readonly error?: { readonly message: string };
    readonly choices?: readonly { readonly message: { readonly content: string } }[];
  };
  return `${response.status} ${error?.message ?? choices?.[0]?.message.content ?? ''}`;
}
const complete = (body: string | Uint8Array) => post(`${server.openaiUrl}/chat/completions`, body);

describe('a malformed request to the emulator', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(chatCases).sort()).toStrictEqual(Object.keys(expectedAnswers).sort());
  });

  it.each(Object.entries(expectedAnswers))('%s', async (name, is) => {
    expect(await complete(chatCases[name]!)).toBe(is);
  });

  it('is refused when it nests 20,000 lists or is too large', async () => {
    expect(await complete(`{"model":"gpt-4o-mini","messages":${nested(20_000)}}`)).toBe("400 'messages[0]' must be an object.");
    expect(await complete('['.repeat(20_000))).toBe(noJson);
    const faults = `http://127.0.0.1:${server.port}/faults`;
    expect(await post(faults, '['.repeat(20_000))).toBe('400 faults:1: nested too deeply: more than 100 levels');
    expect(await post(faults, `[${' '.repeat(4 << 20)}]`)).toBe('413 The request is too large.');
  });

  it('is answered or refused, however it is damaged', async () => {
    const good = {
      model: 'gpt-4o-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hé' }] }],
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, damagedText([JSON.stringify(good)]), misshapen([good])), async (body) => {
        expect(await complete(body)).toMatch(/^(200 (stream|Sure\.)|400 .*\S|404 .*\S)$/su);
      }),
      trying(100),
    );
    await stands();
  });
});

/** Any fault that the schema takes, with what is at the edges of it. */
const anyFault: fc.Arbitrary<Fault> = fc
  .constantFrom(...schema.oneOf)
  .chain((branch) => {
    const { kind, service, ...rest } = branch.properties as unknown as Readonly<Record<string, Field>>;
    const required: readonly string[] = branch.required;
    const aim = fc.record({ kind: fc.constant(kind!.const), service: fc.constantFrom(...service!.enum!) });
    const fields = fc.record(Object.fromEntries(Object.entries(rest).map(([name, field]) => [name, valueOf(field)])));
    const named = fc.subarray(Object.keys(rest).filter((name) => !required.includes(name)));
    return fc.tuple(aim, fields, named).map(([aimed, all, names]) => ({
      ...aimed,
      ...Object.fromEntries(Object.entries(all).filter(([name]) => required.includes(name) || names.includes(name))),
    }));
  })
  .filter((fault) => complaint('fault', fault) === undefined) as unknown as fc.Arbitrary<Fault>;

interface Field {
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly $ref?: string;
}

function valueOf(field: Field): fc.Arbitrary<unknown> {
  if (field.const !== undefined) return fc.constant(field.const);
  if (field.enum !== undefined) return fc.constantFrom(...field.enum);
  const texts = ['audio', 'Connected', 'Metadata', 'Flushed', '__proto__', 'constructor', 'words.start', '\ud800', 'é\r\n\0'];
  if (field.type === 'string' || field.$ref === '#/$defs/after') return fc.constantFrom(...texts, 'é'.repeat(120));
  return fc.constantFrom(0, 1, 2, 5, 450, 503, 1000, 2_147_483_647);
}

describe('a fault of the emulator', () => {
  const answered = () => fetch(`${server.openaiUrl}/models`);

  /** Says all that there is to say, and leaves once the server has read it: it may never answer. */
  async function call(service: Fault['service']): Promise<void> {
    if (service === 'chat') {
      const leave = new AbortController();
      const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'a' }] });
      const headers = { authorization: 'Bearer k' };
      const asked = fetch(`${server.openaiUrl}/chat/completions`, { method: 'POST', headers, body, signal: leave.signal });
      const read = asked.then((response) => response.text()).catch(() => undefined);
      await Promise.race([read, answered()]);
      leave.abort();
      await read;
      return;
    }
    const client = new WebSocket(`${server.deepgramUrl}${query[service]}`, { headers: { authorization: 'Token k' } });
    client.on('error', () => undefined);
    const over = new Promise((resolve) => client.on('close', resolve));
    await Promise.race([once(client, 'open').catch(() => undefined), over]);
    if (client.readyState === WebSocket.OPEN) {
      for (const message of good[service]) client.send(JSON.stringify(message));
      client.send(service === 'listen' ? '{"type":"CloseStream"}' : '{"type":"Close"}');
      client.ping();
      await Promise.race([once(client, 'pong').catch(() => undefined), over]);
      client.terminate();
    }
    await over;
  }

  it('ends at most its connection, never the server', async () => {
    const faults = `http://127.0.0.1:${server.port}/faults`;
    await fc.assert(
      fc.asyncProperty(fc.array(anyFault, { minLength: 1, maxLength: 3 }), async (all) => {
        expect((await fetch(faults, { method: 'POST', body: JSON.stringify(all) })).status).toBe(200);
        for (const { service } of all) await call(service);
        await fetch(faults, { method: 'DELETE' });
        expect((await answered()).status).toBe(401);
      }),
      trying(150),
    );
    await stands();
  });
});

describe('input that would end the server', () => {
  async function serve(backend: Partial<Backend>, ...faults: Fault[]): Promise<void> {
    const before = server;
    server = await emulator({ backend: { ...scripted({}), ...backend }, faults });
    onTestFinished(async () => {
      await server.close();
      server = before;
    });
  }

  it('a close reason that is too long is cut', async () => {
    await serve({}, { service: 'listen', kind: 'close', code: 1011, reason: `${'é'.repeat(61)}🙂` });
    expect(await heard('listen')).toStrictEqual([`1011 ${'é'.repeat(61)}`]);
  });

  it.each([
    ['nothing', undefined, '500 The server had an error.'],
    ['null', null, '500 The server had an error.'],
    ['a status that is none', { status: 99, message: 'no' }, '500 no'],
    ['a status that is no number', { status: '429', message: 'no' }, '500 no'],
    ['a status of success', { status: 200, message: 'no' }, '500 no'],
  ])('a backend that throws %s is answered for', async (_, thrown, is) => {
    await serve({
      think: () => {
        throw thrown;
      },
    });
    expect(await complete('{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a"}]}')).toBe(is);
  });
});
