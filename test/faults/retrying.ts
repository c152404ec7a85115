import { concat, map, of } from 'rxjs';
import { RefusedRequest } from '../../src/emulator/scenario/index.ts';
import { ModelError } from '../../src/errors.ts';
import { askTwice } from '../../src/llm/askTwice.ts';
import type { ChatChunk } from '../../src/llm/chunks.ts';
import { thoughts } from '../../src/llm/thoughts.ts';
import type { Stages } from '../../src/agent/options.ts';

/**
 * A model as `openai()` has it, but for its client, whose promises do not resolve in virtual time.
 *
 * @param retryAfterMs what a refusal asks for
 */
export function retrying(think: Stages['think'], retryAfterMs = 0): Stages['think'] {
  return (messages) => {
    const texts = think(messages).pipe(map((thought) => (thought.type === 'Token' ? thought.text : '')));
    const chunks = concat(texts.pipe(map((content) => chunk({ content }))), of(chunk({}, 'stop')));
    return askTwice((withinMs) => chunks.pipe(thoughts(withinMs, 5000)), {
      firstTokenMs: 5000,
      toError: (reason) => (reason instanceof ModelError ? reason : new ModelError('failed', String(reason))),
      waitMs: (reason) => (reason instanceof RefusedRequest ? retryAfterMs : 0),
    });
  };
}

const chunk = (delta: object, finish_reason: string | null = null) =>
  ({ choices: [{ index: 0, delta, finish_reason }] }) as unknown as ChatChunk;
