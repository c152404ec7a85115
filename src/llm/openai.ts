import { defer, throwError, type Observable } from 'rxjs';
import type { OpenAI } from 'openai';
import type { Message, Thought } from '../../operators/events.ts';
import { ModelError } from '../errors.ts';
import { hiding } from '../wire/hiding.ts';
import { askTwice } from './askTwice.ts';
import { chunksOf } from './chunks.ts';
import { toModelError } from './modelError.ts';
import { retryAfterMs } from './retryAfter.ts';
import { thoughts } from './thoughts.ts';

export interface OpenAIOptions {
  /** The key of the service. Required; compatible servers without keys accept any text. */
  readonly apiKey?: string;
  /** The address above `/chat/completions`, of any compatible server. Defaults to `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  /** Defaults to `gpt-4o-mini`. */
  readonly model?: string;
  /** 0 to 2. Defaults to 0.7. */
  readonly temperature?: number;
  /** The longest answer in tokens (`max_completion_tokens`). Defaults to 100: one or two spoken sentences. */
  readonly maxTokens?: number;
  /** The timeout of the first token, from subscription. Defaults to 5000. */
  readonly firstTokenMs?: number;
  /** The timeout between two tokens. Defaults to 5000. */
  readonly tokenGapMs?: number;
}

/**
 * A language model behind OpenAI's chat completions: takes a conversation and emits its next line, token by token.
 *
 *     subscribe   ^-----------------!              unsubscribing aborts the request in the same tick
 *     result      -------t-t-t--t-t-U|             U: `Usage`, the last value; none if the service sends none
 *
 * Cold: each subscription sends a request. If it fails before the first token and a retry may help (no connection, 408, 409, 429,
 * 5xx, a truncated answer), it is sent a second time after a recovered `Failure`: at once, or after the service's `retry-after`.
 * `firstTokenMs` counts for both attempts. Only `role` and `content` of a message are sent. Completes when the model has finished
 * or used up `maxTokens`, even if the body stays open.
 *
 * Errors with `ModelError`, which carries the service's `x-request-id`: `unauthorized` (401, 403, no key), `not-found` (404),
 * `invalid` (other 4xx, an address with a password), `busy` (429), `failed` (5xx, an error event, a lost connection, invalid
 * JSON), `unreachable`, `truncated` (the body ended without a `finish_reason`), `filtered` (a content filter or a refusal),
 * `tool_calls`, `first-token` and `token-gap` (timeouts). No error quotes a key.
 *
 * The call of `openai()` loads the `openai` package, so that the first turn does not wait for it.
 */
export function openai(options: OpenAIOptions = {}): (messages: readonly Message[]) => Observable<Thought> {
  const { apiKey, firstTokenMs = 5000, tokenGapMs = 5000 } = options;
  const client = apiKey ? connect(apiKey, options.baseUrl) : undefined;
  client?.catch(() => undefined); // each request reports it
  const hide = hiding(apiKey, options.baseUrl);

  return (messages) =>
    defer(() => {
      if (!client || !apiKey)
        return throwError(
          () => new ModelError('unauthorized', 'openai() has no key: set the option apiKey (for the command: OPENAI_API_KEY).'),
        );
      if (hasPassword(options.baseUrl)) return throwError(holdsPassword);
      let requestId: string | undefined;

      const chunks = chunksOf(async (signal) => {
        requestId = undefined;
        const { chat } = await client;
        const answer = await chat.completions.create(toRequest(messages, options), { signal }).withResponse();
        requestId = answer.request_id ?? undefined;
        return answer.data;
      });

      return askTwice((withinMs) => chunks.pipe(thoughts(withinMs, tokenGapMs)), {
        firstTokenMs,
        toError: (reason) => toModelError(reason, hide, requestId),
        waitMs: retryAfterMs,
      });
    });
}

/** `fetch` refuses an address with a password as if there were no connection. */
function hasPassword(address = ''): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}

const holdsPassword = () => new ModelError('invalid', 'The option baseUrl must not contain a user name or a password.');

/** Sets everything that the client would otherwise read from the environment. */
async function connect(apiKey: string, baseUrl: string | undefined): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  // In a browser the client refuses to send a key to OpenAI, as visitors of the page could read it.
  const address = { baseURL: baseUrl ?? 'https://api.openai.com/v1', dangerouslyAllowBrowser: baseUrl !== undefined };
  const nothing = { adminAPIKey: null, organization: null, project: null, webhookSecret: null };
  return new OpenAI({ apiKey, ...address, ...nothing, maxRetries: 0, logLevel: 'off' });
}

function toRequest(messages: readonly Message[], { model = 'gpt-4o-mini', temperature = 0.7, maxTokens = 100 }: OpenAIOptions) {
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    temperature,
    max_completion_tokens: maxTokens,
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
  } satisfies OpenAI.ChatCompletionCreateParamsStreaming;
}
