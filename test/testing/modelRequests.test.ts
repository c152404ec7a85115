import { describe, expect, it } from 'vitest';
import type { AgentEvent, CallEvent, Message } from '../../operators/events.ts';
import { modelRequests } from '../../src/testing/rules/modelRequests.ts';
import type { Request } from '../../src/testing/result.ts';
import { CallSettings } from '../../src/testing/callSettings.ts';
import { turnEvent } from '../../src/testing/turns.ts';

type At = CallEvent & { readonly at: number };

/** Two turns, each answered: the second one by a draft. */
const happened: readonly At[] = [
  { ...turnEvent('EndOfTurn', 'Hi.'), at: 100 },
  { type: 'TurnTaken', turn: '0:0', text: 'Hi.', at: 100 },
  { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false, at: 100 },
  { type: 'ReplyEnded', reply: 1, text: 'Hello.', heard: 'Hello.', heardMs: 400, audioMs: 400, interrupted: false, at: 900 },
  { ...turnEvent('EagerEndOfTurn', 'Bye', '0:1'), at: 2000 },
  { type: 'DraftStarted', turn: '0:1', reply: 2, at: 2000 },
];
const events = happened.map((one, k): AgentEvent => ({ ...one, id: k + 1 }));

const hi: Message = { role: 'user', content: 'Hi.' };
const hello: Message = { role: 'assistant', content: 'Hello.' };
const bye: Message = { role: 'user', content: 'Bye' };
const prompt: Message = { role: 'system', content: 'Be brief.' };

const request = (at: number, draft: boolean, ...messages: readonly Message[]): Request => ({
  at,
  draft,
  messages,
  tokens: 1,
  endedAt: at,
});
const first = request(100, false, prompt, hi);

const found = (...requests: readonly Request[]) =>
  modelRequests(events, requests, new CallSettings({})).map(({ rule, at, message }) => `${rule} @${at} ${message}`);

describe('the rule about requests to the model', () => {
  it('finds no violation when each request ends with the conversation until then', () => {
    expect(found(first, request(2000, true, prompt, hi, hello, bye))).toEqual([]);
  });

  it('finds a message that was never said, in the first request', () => {
    expect(found(request(100, false, prompt, bye), request(2000, true, prompt, hi, hello, bye))).toEqual([
      'history @100 The model was sent system: "Be brief.", user: "Bye"; the conversation was user: "Hi.".',
    ]);
  });

  it('finds a message that was right before and has changed', () => {
    expect(found(first, request(2000, true, prompt, { ...hi, content: 'Hi' }, hello, bye))).toEqual([
      'history @2000 The model was sent system: "Be brief.", user: "Hi", assistant: "Hello.", user: "Bye"; ' +
        'the conversation was user: "Hi.", assistant: "Hello.", user: "Bye".',
    ]);
  });

  it('finds a message in the place of another', () => {
    expect(found(first, request(2000, true, prompt, hi, hi, bye))).toHaveLength(1);
    expect(found(first, request(2000, true, prompt, hello, hi, bye))).toHaveLength(1);
  });

  it('finds a draft of other words, an answer without its interrupted mark, and a conversation without its beginning', () => {
    expect(found(first, request(2000, true, prompt, hi, hello, hi))).toHaveLength(1);
    expect(found(first, request(2000, true, prompt, hi, { ...hello, interrupted: true }, bye))).toHaveLength(1);
    expect(found(first, request(2000, true, hello, bye))).toHaveLength(1);
  });
});
