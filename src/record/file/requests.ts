import type { Message, Thought } from '../../../operators/events.ts';
import type { Moment } from './connections.ts';
import { isKind, type Line, type RecordedError } from './lines.ts';

/** A request to the model, and what the model answered. */
export interface RecordedRequest {
  readonly at: number;
  /** The caller's last words. */
  readonly asked: string;
  /** How many messages of the caller it has. */
  readonly turns: number;
  readonly thoughts: readonly (Moment & { readonly thought: Thought })[];
  /** Missing where the recording ends before the request does. */
  readonly end: (Moment & { readonly left?: true; readonly error?: RecordedError }) | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Reads the requests of a recording, in order. Thoughts after the end of their request are left out. */
export function requestsOf(lines: readonly Line[]): readonly RecordedRequest[] {
  const found = new Map<number, Mutable<RecordedRequest> & { readonly thoughts: (Moment & { readonly thought: Thought })[] }>();
  let messages: readonly Message[] = [];
  lines.forEach((line, place) => {
    const { at } = line;
    const think = (request: number, thought: Thought) => {
      const { thoughts, end } = found.get(request) ?? {};
      if (!end) thoughts?.push({ at, place, thought });
    };
    if (isKind(line, 'request')) {
      messages = [...messages.slice(0, line.since ?? 0), ...line.messages];
      const turns = messages.filter(({ role }) => role === 'user').length;
      found.set(line.request, { at, asked: lastAsked(messages), turns, thoughts: [], end: undefined });
    } else if (isKind(line, 'token')) think(line.token, { type: 'Token', text: line.text });
    else if (isKind(line, 'retry')) think(line.retry, line.failure);
    else if (isKind(line, 'usage')) {
      const { inputTokens, outputTokens } = line;
      think(line.usage, { type: 'Usage', inputTokens, outputTokens });
    } else if (isKind(line, 'end')) {
      const request = found.get(line.end);
      if (request) request.end ??= { ...line, place };
    }
  });
  return [...found.values()];
}

/** The caller's last words in a conversation. */
export const lastAsked = (messages: readonly Message[]) => messages.findLast(({ role }) => role === 'user')?.content ?? '';

/** Whether a request was answered to its end. */
export const isWhole = ({ end }: RecordedRequest) => end !== undefined && !end.left && !end.error;
