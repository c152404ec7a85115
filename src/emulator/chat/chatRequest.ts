import { isRecord, parseJson, type JsonObject } from '../../../operators/core/json.ts';
import type { ChatMessage } from '../backend.ts';
import { servedAs } from './models.ts';

/** An error with the body of docs/wire/openai.md B3. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    { code = null, param = null }: { code?: string | null; param?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  get body(): object {
    const { message, param, code } = this;
    return { error: { message, type: this.status >= 500 ? 'server_error' : 'invalid_request_error', param, code } };
  }
}

export interface ChatRequest {
  /** The model's name in the answer. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
}

const roles: readonly string[] = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const messageFields: readonly string[] = 'role content name refusal audio tool_calls tool_call_id function_call'.split(' ');

/**
 * Reads the body of a completion. Throws a `ChatError` (400, 404). Ignores other request fields. Refuses unknown fields of a
 * message, more strictly than OpenAI: a client must not send its own fields along.
 */
export function chatRequest(text: string): ChatRequest {
  const body = object(parseJson(text), null, 'We could not parse the JSON body of your request.');
  if (typeof body['model'] !== 'string' || body['model'] === '') throw invalid('model', 'You must provide a model parameter.');
  if (!Array.isArray(body['messages']) || body['messages'].length === 0)
    throw invalid('messages', "'messages' must be an array with at least one message.");
  const messages = body['messages'].map(chatMessage);
  const stream = body['stream'] ?? false;
  if (typeof stream !== 'boolean') throw invalid('stream', "'stream' must be a boolean.");
  const options = body['stream_options'] ?? null;
  if (options !== null && !stream) throw invalid('stream_options', "'stream_options' is only allowed when 'stream' is true.");
  const { include_usage, include_obfuscation } =
    options === null ? {} : object(options, 'stream_options', "'stream_options' must be an object.");
  const model = servedAs(body['model']);
  if (model === undefined) {
    const message = `The model '${body['model']}' does not exist or you do not have access to it.`;
    throw new ChatError(404, message, { code: 'model_not_found' });
  }
  return { model, messages, stream, includeUsage: include_usage === true, obfuscate: include_obfuscation !== false };
}

function chatMessage(value: unknown, index: number): ChatMessage {
  const param = `messages[${index}]`;
  const message = object(value, param, `'${param}' must be an object.`);
  const { role, content } = message;
  if (typeof role !== 'string' || !roles.includes(role)) {
    throw invalid(`${param}.role`, `'${param}.role' must be one of ${roles.join(', ')}.`);
  }
  const unknown = Object.keys(message).find((name) => !messageFields.includes(name));
  if (unknown !== undefined)
    throw invalid(param, `Additional properties are not allowed ('${unknown}' was unexpected) in '${param}'.`);
  return { role, content: contentOf(content, role, param) };
}

/** The text, or the joined text parts of a list. An assistant that called a tool may have none. */
function contentOf(content: unknown, role: string, param: string): string {
  if (typeof content === 'string') return content;
  if ((content === null || content === undefined) && role === 'assistant') return '';
  if (Array.isArray(content)) {
    const texts = content.map((part: unknown) => (part as { text?: unknown } | null)?.text);
    if (texts.every((text) => typeof text === 'string')) return texts.join('');
  }
  throw invalid(`${param}.content`, `'${param}.content' must be a string or an array of text parts.`);
}

function object(value: unknown, param: string | null, complaint: string): JsonObject {
  if (isRecord(value)) return value;
  throw invalid(param, complaint);
}

function invalid(param: string | null, message: string): ChatError {
  return new ChatError(400, message, { param });
}
