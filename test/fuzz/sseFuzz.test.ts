import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { catchError, from, lastValueFrom, map, of, toArray, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Thought } from '../../operators/events.ts';
import { ModelError } from '../../src/errors.ts';
import type { ChatChunk } from '../../src/llm/chunks.ts';
import { openai } from '../../src/llm/openai.ts';
import { thoughts } from '../../src/llm/thoughts.ts';
import { begin, ChatServer, type Asked } from '../llm/chatServer.ts';
import { corpus, damaged, garbage, leaks, misshapen, nested, trying } from './fuzz.ts';

const cases = corpus('sse');

let server: ChatServer;
beforeAll(async () => {
  server = await ChatServer.start();
});
afterAll(() => server.stop());

/** Tokens as text, usage as numbers, an error as code and message; what is told of a first try is left out. */
async function outcome(answer: Observable<Thought>): Promise<unknown[]> {
  const told = answer.pipe(
    map((thought) => {
      expect(leaks(thought)).toStrictEqual([]);
      if (thought.type === 'Token') return thought.text satisfies string;
      return thought.type === 'Usage' ? [thought.inputTokens, thought.outputTokens] : 'again';
    }),
    catchError((error: unknown) => {
      if (!(error instanceof ModelError)) throw error;
      return of(`${error.code}: ${error.message}`);
    }),
    toArray(),
  );
  return (await lastValueFrom(told)).filter((one) => one !== 'again');
}

/** Hundreds are asked at once: none of them may be in a hurry. */
const patient = { firstTokenMs: 60_000, tokenGapMs: 60_000 } as const;

/** What `openai` says of an answer: each part of it written by itself. The model's name tells which answer is asked for. */
const answers = new Map<string, readonly Uint8Array[]>();
async function asked(...parts: readonly Uint8Array[]): Promise<unknown[]> {
  const model = `m${answers.size}`;
  answers.set(model, parts);
  server.answers((request) => void write(request));
  return outcome(openai({ apiKey: 'k', baseUrl: server.url, model, ...patient })([{ role: 'user', content: 'Hello' }]));
}

async function write(request: Asked): Promise<void> {
  const body = begin(request);
  for (const part of answers.get(request.body['model'] as string) ?? []) {
    body.write(part);
    await setImmediate();
  }
  body.end();
}

const whole = ['Hé', [3, 2]];
const notJson = 'failed: The model sent something that is not JSON.';
const truncated = 'truncated: The answer ended before the model had finished.';
const failed = (why: string) => `failed: The model failed in the middle of the answer: ${why}`;

const expected: Readonly<Record<string, readonly unknown[]>> = {
  whole,
  empty: [truncated],
  html: [truncated],
  'nul-bytes': [truncated],
  bom: whole,
  crlf: whole,
  cr: whole,
  'mixed-line-ends': whole,
  comments: whole,
  'unknown-fields': whole,
  'event-named': whole,
  'no-space-after-colon': whole,
  'two-data-lines': whole,
  'no-last-line-end': whole,
  'not-json': ['Hé', notJson],
  'data-empty': [notJson],
  'data-null': whole,
  'data-number': whole,
  'data-list': whole,
  'data-text': whole,
  'prototype-keys': whole,
  'choices-null': whole,
  'choices-object': whole,
  'choice-null': whole,
  'delta-null': whole,
  'content-number': whole,
  'content-list': whole,
  'content-null': whole,
  'content-lone-surrogate': ['\ud83d', '\ude42', [3, 2]],
  'refusal-object': whole,
  refusal: ['Hé', 'filtered: The model refused to answer.'],
  'finish-object': ['Hé', truncated],
  'finish-unknown': ['Hé'],
  'usage-empty': ['Hé'],
  'usage-true': ['Hé'],
  'usage-huge': ['Hé'],
  'usage-text': ['Hé'],
  'finish-missing': ['Hé', truncated],
  'done-first': [truncated],
  'done-missing': whole,
  'after-the-finish-not-json': ['Hé'],
  'error-text': ['Hé', failed('sorry')],
  'error-empty': ['Hé', failed('no reason given')],
  'error-odd': ['Hé', failed('no reason given')],
  'error-true': ['Hé', failed('no reason given')],
  'error-false': whole,
  'utf8-cut': ['H\ufffd', [3, 2]],
  'cut-in-an-event': ['Hé', truncated],
};

describe('a malformed streamed answer', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', async (name, is) => {
    expect(await asked(cases[name]!)).toStrictEqual(is);
  });

  it.each(['whole', 'crlf', 'bom'])(
    'is the same wherever it is cut in two writes, inside characters and line ends too (%s)',
    async (name) => {
      const bytes = cases[name]!;
      const cuts = await Promise.all(
        Array.from(bytes, (_, at) => asked(bytes.subarray(0, at), bytes.subarray(at))), // at 0 there is nothing in the first
      );
      expect(cuts).toStrictEqual(cuts.map(() => whole));
    },
  );

  it('is read, or fails with an error that explains it, wherever it breaks off', async () => {
    const bytes = cases['whole']!;
    const cut = await Promise.all(Array.from(bytes, (_, length) => asked(bytes.subarray(0, length))));
    const finish = bytes.indexOf('"stop"');
    cut.forEach((is, length) => {
      if (length < finish) expect(is.at(-1), `${length}`).toBeOneOf([notJson, truncated]);
      expect(is[0], `${length}`).toBeOneOf(['Hé', notJson, truncated]);
    });
  });

  it('is read, or fails with an error that explains it, when it nests 20,000 lists', async () => {
    expect(await asked(Buffer.from(`data: ${nested(20_000)}\n\n`), cases['whole']!)).toStrictEqual(whole);
    expect(await asked(Buffer.from(`data: ${'['.repeat(20_000)}\n\n`), cases['whole']!)).toStrictEqual([notJson]);
  });

  it('is read, or fails with an error that explains it, however it is damaged', async () => {
    const bodies = fc.array(
      fc.oneof(
        damaged(Object.values(cases)),
        garbage.map((text) => Buffer.from(text)),
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (parts) => {
        const is = await asked(...parts);
        if (typeof is.at(-1) === 'string') expect(is.at(-1)).not.toMatch(/Cannot read|undefined|is not a function/u);
      }),
      trying(100),
    );
  });
});

describe('a malformed refusal', () => {
  const page = `<html>\n  <body>${'502 Bad Gateway '.repeat(100)}</body></html>`;
  it.each([
    [400, '', 'invalid: The model refused the request (400): no reason given'],
    [400, '{"error":null}', 'invalid: The model refused the request (400): no reason given'],
    [400, '{"error":{"message":[5]}}', 'invalid: The model refused the request (400): no reason given'],
    [404, '{"error":"no such model"}', /^not-found: .* \(404\): no such model$/u],
    [418, 'I am a teapot', 'invalid: The model refused the request (418): I am a teapot'],
    [400, `{"error":${nested(20_000)}}`, 'failed: The model sent something that cannot be read.'],
    [502, page, /^failed: The model refused the request \(502\): <html> <body>502 Bad .{179}…$/u],
  ])('says what the service says, as far as it says anything (%i %#)', async (status, body, is) => {
    server.answers(({ answer }) => answer.writeHead(status, { 'content-type': 'application/json' }).end(body));
    const told = await outcome(openai({ apiKey: 'k', baseUrl: server.url })([{ role: 'user', content: 'Hello' }]));
    expect(told).toStrictEqual([typeof is === 'string' ? is : (expect.stringMatching(is) as unknown)]);
  });
});

describe('thoughts', () => {
  const chunk = {
    id: 'chatcmpl-Q1',
    choices: [{ index: 0, delta: { role: 'assistant', content: 'Hé', refusal: null }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  };
  const odd = fc.oneof(
    misshapen([chunk]).map((text) => (isJson(text) ? (JSON.parse(text) as unknown) : null)),
    fc.anything(),
  );

  it('contain only text and whole numbers, whatever the chunk contains', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 5 }), async (chunks) => {
        const told = await outcome(from(chunks as ChatChunk[]).pipe(thoughts(1000, 1000)));
        for (const one of told) expect(one).toSatisfy((is) => typeof is === 'string' || Array.isArray(is));
      }),
      trying(1000),
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
