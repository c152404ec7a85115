import type { AgentEvent, Message } from '../../../operators/events.ts';
import type { Request, Violation } from '../result.ts';
import type { CallSettings } from '../callSettings.ts';

/** A draft or a reply that asked the model. */
interface Asking {
  readonly at: number;
  readonly draft: boolean;
  /** How much of the conversation had been by then. */
  readonly known: number;
  /** What a draft answers: its turn is not yet part of the conversation. */
  readonly eager: readonly Message[];
  endedAt: number | undefined;
}

/**
 * Each draft and each reply that is not one asks the model once, in its tick, with the conversation as it was heard until then; and
 * the model is told to stop in the tick in which it is dropped or cut.
 */
export function asked(events: readonly AgentEvent[], requests: readonly Request[], told: CallSettings): readonly Violation[] {
  const conversation = new Conversation();
  const asking = askings(events, conversation);
  if (asking.length !== requests.length) return []; // a context that throws asks nobody, a `think` of one's own more than once
  return asking.flatMap(({ at, draft, known, eager, endedAt = Infinity }, k) => {
    const request = requests[k];
    if (!request) return [];
    const found: Violation[] = [];
    const tell = (rule: Violation['rule'], message: string) => found.push({ rule, at, message, events: [] });
    if (request.at !== at || request.draft !== draft) tell('order', `Request ${k} is not that of its reply.`);
    if (told.remembers && !conversation.ends(request.messages, known, eager)) {
      const messages = [...conversation.messages.slice(0, known), ...eager];
      tell('history', `The model is told of ${shown(request.messages)}; the conversation was ${shown(messages)}.`);
    }
    const stopped = Math.min(request.abortedAt ?? Infinity, request.endedAt ?? Infinity);
    if (stopped > endedAt) tell('late', `Request ${k} goes on after its reply was over, at ${endedAt} ms.`);
    return found;
  });
}

function askings(events: readonly AgentEvent[], { messages }: Conversation): readonly Asking[] {
  const list: Asking[] = [];
  const byReply = new Map<number, Asking>();
  const said = new Map<string, string>();
  let transcript = '';
  const ask = (reply: number, at: number, draft: boolean) => {
    const eager: readonly Message[] = draft ? [{ role: 'user', content: transcript }] : [];
    const asking: Asking = { at, draft, known: messages.length, eager, endedAt: undefined };
    list.push(asking);
    byReply.set(reply, asking);
  };
  for (const event of events) {
    const { at } = event;
    switch (event.type) {
      case 'EagerEndOfTurn':
        transcript = event.transcript;
        break;
      case 'EndOfTurn':
        said.set(event.turn, event.transcript);
        break;
      case 'TurnTaken':
        messages.push({ role: 'user', content: said.get(event.turn) ?? event.text });
        break;
      case 'DraftStarted':
        ask(event.reply, at, true);
        break;
      case 'ReplyStarted':
        if (!event.drafted && event.turn !== undefined) ask(event.reply, at, false);
        break;
      case 'DraftDropped':
      case 'ReplyEnded': {
        const asking = byReply.get(event.reply);
        if (asking) asking.endedAt = at;
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

/** What was said, and what of it the model has been told before: an hour has a thousand requests of up to two thousand messages. */
class Conversation {
  readonly messages: Message[] = [];
  readonly #told: Message[] = [];

  /** Whether a request ends with the first `known` messages and these; before them stand the prompt and what the call began with. */
  ends(request: readonly Message[], known: number, last: readonly Message[]): boolean {
    const start = request.length - known - last.length;
    for (let k = 0; k < known; k++) {
      const message = request[start + k];
      if (message === undefined) return false;
      if (message === this.#told[k]) continue;
      if (!same(message, this.messages[k])) return false;
      this.#told[k] = message;
    }
    return last.every((message, k) => same(request[start + known + k], message));
  }
}

const same = (one: Message | undefined, other: Message | undefined) =>
  one?.role === other?.role && one?.content === other?.content && (one?.interrupted ?? false) === (other?.interrupted ?? false);

const shown = (messages: readonly Message[]) => messages.map(({ role, content }) => `${role}: "${content}"`).join(', ');
