import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Message, Thought } from '../../operators/events.ts';
import { openai } from '../../src/llm/openai.ts';

describe('openai', () => {
  it('takes no, or named, options', () => {
    expectTypeOf(openai).toBeCallableWith();
    expectTypeOf(openai).toBeCallableWith({ apiKey: 'k', baseUrl: 'u', model: 'm', temperature: 1, maxTokens: 1 });
    // @ts-expect-error: a length in tokens is a number
    openai({ maxTokens: '100' });
  });

  it('makes a conversation an observable of thoughts', () => {
    expectTypeOf(openai()).toEqualTypeOf<(messages: readonly Message[]) => Observable<Thought>>();
  });
});
