import type { AgentEvent, Message } from '../../../operators/events.ts';
import type { CallSettings } from '../callSettings.ts';
import type { Request, Violation } from '../result.ts';

/** A draft or reply that sends a request to the model. */
interface Requester {
  readonly at: number;
  readonly draft: boolean;
  /** The number of messages of the conversation by then. */
  readonly known: number;
  /** The message that a draft answers: its turn is not part of the conversation yet. */
  readonly eager: readonly Message[];
  endedAt: number | undefined;
}

/**
 * Each draft, and each reply that was not drafted, sends one request, in the tick in which it starts, with the conversation as it was
 * heard until then. The request is aborted in the tick in which the draft is dropped or the reply is cut.
 */
export function modelRequests(
  events: readonly AgentEvent[],
  requests: readonly Request[],
  settings: CallSettings,
): readonly Violation[] {
  const conversation = new Conversation();
  const requesters = requestersIn(events, conversation);
  if (requesters.length !== requests.length) return []; // a `context` that throws sends none, a user's `think` may send several
  return requesters.flatMap(({ at, draft, known, eager, endedAt = Infinity }, k) => {
    const request = requests[k];
    if (!request) return [];
    const found: Violation[] = [];
    const report = (rule: Violation['rule'], message: string) => found.push({ rule, at, message, events: [] });
    if (request.at !== at || request.draft !== draft) report('order', `Request ${k} was not sent when its reply started.`);
    if (settings.sendsHistory && !conversation.ends(request.messages, known, eager)) {
      const messages = [...conversation.messages.slice(0, known), ...eager];
      report('history', `The model was sent ${shown(request.messages)}; the conversation was ${shown(messages)}.`);
    }
    const stopped = Math.min(request.abortedAt ?? Infinity, request.endedAt ?? Infinity);
    if (stopped > endedAt) report('late', `Request ${k} went on after its reply ended, at ${endedAt} ms.`);
    return found;
  });
}

function requestersIn(events: readonly AgentEvent[], { messages }: Conversation): readonly Requester[] {
  const list: Requester[] = [];
  const byReply = new Map<number, Requester>();
  const finals = new Map<string, string>();
  let transcript = '';
  const add = (reply: number, at: number, draft: boolean) => {
    const eager: readonly Message[] = draft ? [{ role: 'user', content: transcript }] : [];
    const requester: Requester = { at, draft, known: messages.length, eager, endedAt: undefined };
    list.push(requester);
    byReply.set(reply, requester);
  };
  for (const event of events) {
    const { at } = event;
    switch (event.type) {
      case 'EagerEndOfTurn':
        transcript = event.transcript;
        break;
      case 'EndOfTurn':
        finals.set(event.turn, event.transcript);
        break;
      case 'TurnTaken':
        messages.push({ role: 'user', content: finals.get(event.turn) ?? event.text });
        break;
      case 'DraftStarted':
        add(event.reply, at, true);
        break;
      case 'ReplyStarted':
        if (!event.drafted && event.turn !== undefined) add(event.reply, at, false);
        break;
      case 'DraftDropped':
      case 'ReplyEnded': {
        const requester = byReply.get(event.reply);
        if (requester) requester.endedAt = at;
        if (event.type === 'DraftDropped' || event.heard === '') break;
        const { heard, interrupted } = event;
        messages.push({ role: 'assistant', content: heard, ...(interrupted && { interrupted }) });
        break;
      }
      default:
    }
  }
  return list;
}

/** The conversation, and the message objects already compared: an hour has a thousand requests of up to two thousand messages. */
class Conversation {
  readonly messages: Message[] = [];
  readonly #compared: Message[] = [];

  /** Whether a request ends with the first `known` messages and `last`; the prompt and the earlier messages stand before them. */
  ends(request: readonly Message[], known: number, last: readonly Message[]): boolean {
    const start = request.length - known - last.length;
    for (let k = 0; k < known; k++) {
      const message = request[start + k];
      if (message === undefined) return false;
      if (message === this.#compared[k]) continue;
      if (!same(message, this.messages[k])) return false;
      this.#compared[k] = message;
    }
    return last.every((message, k) => same(request[start + known + k], message));
  }
}

const same = (one: Message | undefined, other: Message | undefined) =>
  one?.role === other?.role && one?.content === other?.content && (one?.interrupted ?? false) === (other?.interrupted ?? false);

const shown = (messages: readonly Message[]) => messages.map(({ role, content }) => `${role}: "${content}"`).join(', ');
