import { randomBytes, randomUUID } from 'node:crypto';
import type { FinishReason } from '../faults/fault.ts';
import type { ChatRequest } from './chatRequest.ts';

/** Makes the chunks of one completion, or its whole answer. */
export class Completion {
  readonly #request: ChatRequest;
  readonly #id = `chatcmpl-${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  readonly #common: object;

  constructor(request: ChatRequest, now: number) {
    this.#request = request;
    this.#common = {
      created: Math.floor(now / 1000),
      model: request.model,
      service_tier: 'default',
      system_fingerprint: 'fp_sluice',
    };
  }

  /** The first chunk: the role, without text. */
  get first(): string {
    return this.#choice({ role: 'assistant', content: '', refusal: null }, null);
  }

  token(content: string): string {
    return this.#choice({ content }, null);
  }

  /** The last chunk with a choice. For some faults another chunk comes before it. */
  finish(reason?: FinishReason): string {
    const [delta, finish_reason] = endings[reason ?? 'stop'];
    const last = this.#choice({}, finish_reason);
    return delta === undefined ? last : this.#choice(delta(), null) + last;
  }

  /** The chunk after the finish, if the client asked for it. */
  usage(tokens: number): string {
    return this.#chunk({ choices: [], usage: this.#usage(tokens) });
  }

  /** The whole answer, for a request without `stream`. */
  whole(content: string, tokens: number, reason?: FinishReason): object {
    const [delta, finish_reason] = endings[reason ?? 'stop'];
    const message = { role: 'assistant', content, refusal: null, annotations: [], ...delta?.() };
    const choices = [{ index: 0, message, logprobs: null, finish_reason }];
    return { id: this.#id, object: 'chat.completion', ...this.#common, choices, usage: this.#usage(tokens) };
  }

  #choice(delta: object, finish_reason: string | null): string {
    const usage = this.#request.includeUsage ? { usage: null } : {};
    return this.#chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...usage });
  }

  /** One event. Obfuscation hides the length of a token from an observer of packet sizes. */
  #chunk(fields: object): string {
    const obfuscation = this.#request.obfuscate ? { obfuscation: padding() } : {};
    const chunk = { id: this.#id, object: 'chat.completion.chunk', ...this.#common, ...fields, ...obfuscation };
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }

  /** Estimates the prompt's tokens at four characters each. */
  #usage(completion_tokens: number): object {
    const characters = this.#request.messages.reduce((sum, { content }) => sum + content.length, 0);
    const prompt_tokens = Math.ceil(characters / 4) + 4 * this.#request.messages.length;
    return {
      prompt_tokens,
      completion_tokens,
      total_tokens: prompt_tokens + completion_tokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
  }
}

/** The extra delta of each end, and its `finish_reason`. */
const endings: Readonly<Record<FinishReason | 'stop', readonly [delta: (() => object) | undefined, finish_reason: string]>> = {
  stop: [undefined, 'stop'],
  length: [undefined, 'length'],
  content_filter: [undefined, 'content_filter'],
  refusal: [() => ({ refusal: 'I cannot help with that.' }), 'stop'],
  tool_calls: [() => ({ tool_calls: [toolCall()] }), 'tool_calls'],
};

function toolCall(): object {
  const id = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  return { index: 0, id, type: 'function', function: { name: 'look_up', arguments: '{}' } };
}

function padding(): string {
  const bytes = randomBytes(13);
  return bytes.toString('base64url').slice(0, 1 + ((bytes[0] ?? 0) % 16));
}
