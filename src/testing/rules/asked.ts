import type { AgentEvent, Message } from '../../../operators/events.ts';
import type { Request, Violation } from '../result.ts';
import type { Told } from '../told.ts';

/** A draft or a reply that asked the model. */
interface Asking {
  readonly at: number;
  readonly draft: boolean;
  readonly messages: readonly Message[];
  endedAt: number | undefined;
}

/**
 * Each draft and each reply that is not one asks the model once, in its tick, with the conversation as it was heard until then; and
 * the model is told to stop in the tick in which it is dropped or cut.
 */
export function asked(events: readonly AgentEvent[], requests: readonly Request[], told: Told): readonly Violation[] {
  const asking = askings(events);
  if (asking.length !== requests.length) return []; // a context that throws asks nobody, a `think` of one's own more than once
  return asking.flatMap(({ at, draft, messages, endedAt = Infinity }, k) => {
    const request = requests[k];
    if (!request) return [];
    const found: Violation[] = [];
    const tell = (rule: Violation['rule'], message: string) => found.push({ rule, at, message, events: [] });
    if (request.at !== at || request.draft !== draft) tell('order', `Request ${k} is not that of its reply.`);
    if (told.remembers && !same(request.messages, messages))
      tell('history', `The model is told of ${shown(request.messages)}; the conversation was ${shown(messages)}.`);
    const stopped = Math.min(request.abortedAt ?? Infinity, request.endedAt ?? Infinity);
    if (stopped > endedAt) tell('late', `Request ${k} goes on after its reply was over, at ${endedAt} ms.`);
    return found;
  });
}

function askings(events: readonly AgentEvent[]): readonly Asking[] {
  const list: Asking[] = [];
  const byReply = new Map<number, Asking>();
  const said = new Map<string, string>();
  let messages: readonly Message[] = [];
  let eager = '';
  const ask = (reply: number, asking: Asking) => {
    list.push(asking);
    byReply.set(reply, asking);
  };
  for (const event of events) {
    const { at } = event;
    switch (event.type) {
      case 'EagerEndOfTurn':
        eager = event.transcript;
        break;
      case 'EndOfTurn':
        said.set(event.turn, event.transcript);
        break;
      case 'TurnTaken':
        messages = [...messages, { role: 'user', content: said.get(event.turn) ?? event.text }];
        break;
      case 'DraftStarted':
        ask(event.reply, { at, draft: true, messages: [...messages, { role: 'user', content: eager }], endedAt: undefined });
        break;
      case 'ReplyStarted':
        if (!event.drafted && event.turn !== undefined) ask(event.reply, { at, draft: false, messages, endedAt: undefined });
        break;
      case 'DraftDropped':
      case 'ReplyEnded': {
        const asking = byReply.get(event.reply);
        if (asking) asking.endedAt = at;
        if (event.type === 'DraftDropped' || event.heard === '') break;
        const { heard, interrupted } = event;
        messages = [...messages, { role: 'assistant', content: heard, ...(interrupted && { interrupted }) }];
        break;
      }
      default:
    }
  }
  return list;
}

/** Whether a request ends with these messages; before them stand the prompt and what the call began with. */
function same(request: readonly Message[], messages: readonly Message[]): boolean {
  const last = messages.length === 0 ? [] : request.slice(-messages.length);
  return messages.every((message, k) => {
    const { role, content, interrupted = false } = last[k] ?? { role: 'system', content: '' };
    return role === message.role && content === message.content && interrupted === (message.interrupted ?? false);
  });
}

const shown = (messages: readonly Message[]) => messages.map(({ role, content }) => `${role}: "${content}"`).join(', ');
