import { Subject } from 'rxjs';
import type { AgentEvent, ListenEvent, Message } from '../../../operators/events.ts';
import { equivalent } from '../../../operators/turns/equivalent.ts';
import { orderly } from '../../../operators/turns/orderly.ts';
import type { CallSettings } from '../callSettings.ts';
import type { Request, RuleName, Violation } from '../result.ts';
import type { PlayedReply } from '../stageProbe.ts';

/** What went through the stages of a call. */
export interface StageTraffic {
  readonly turns: readonly AgentEvent[];
  readonly requests: readonly Request[];
  readonly replies: readonly PlayedReply[];
  readonly endedAt: number;
  /** Whether the agent emitted `AgentEvent`s. */
  readonly hasEvents: boolean;
}

/** A turn of the caller, in a legal order. */
interface Turn {
  readonly from: number;
  to: number;
  /** Empty while the turn is open, and if it ended without words. */
  text: string;
}

/**
 * The rules for any agent, also one that emits no events: no reply starts to play in the middle of a turn, two never play at once, the
 * model is asked about each turn that no reply overlapped, and is sent only what was heard of its replies.
 */
export function stageTraffic(
  { turns, requests, replies, endedAt, hasEvents }: StageTraffic,
  settings: CallSettings,
): readonly Violation[] {
  const found: Violation[] = [];
  const report = (rule: RuleName, at: number, message: string) => found.push({ rule, at, message, events: [] });
  const spoken = legal(turns);
  const heard = replies.filter((reply): reply is PlayedReply & { from: number; to: number } => reply.from !== undefined);

  if (endedAt < settings.closingAt) report('early', endedAt, "The call ended before the caller's audio did.");

  heard.forEach(({ from }, k) => {
    if ((heard[k - 1]?.to ?? 0) > from) report('two', from, 'Two replies are heard at once.');
    const during = startedBy(spoken, from);
    const isOpen = during !== undefined && during.from < from && from < during.to;
    if (isOpen && settings.isPlain) report('unsettled', from, 'A reply is heard before the turn has ended.');
  });

  let first = 0; // of the requests that may ask about the turn
  spoken.forEach(({ from, to, text }, k) => {
    while ((requests[first]?.at ?? Infinity) < from) first++;
    if (text === '' || !settings.isPlain || (startedBy(heard, to)?.to ?? 0) > to) return;
    let next = k + 1;
    while (spoken[next]?.text === '') next++;
    const until = spoken[next]?.to ?? Infinity;
    const asks = ({ role, content }: Message) => role === 'user' && (content.includes(text) || equivalent(content, text));
    for (let k = first; k < requests.length && (requests[k]?.at ?? 0) <= until; k++)
      if (requests[k]?.messages.findLast(asks)) return;
    report('unanswered', to, `The model was never asked about "${text}".`);
  });

  if (hasEvents) return found; // `modelRequests` compares the messages with the events
  const { earlierReplies, sendsHistory } = settings;
  const sendsReplies = requests.some(({ messages }) => assistants(messages).length > earlierReplies);
  for (const { at, messages } of sendsReplies && sendsHistory ? requests : []) {
    const known = assistants(messages).slice(earlierReplies);
    const ended = heard.filter((reply) => reply.heard !== '' && reply.to <= at);
    const least = ended.filter(({ to }) => to < at).length; // the order within one millisecond is not known
    if (known.length < least || known.some((content, k) => content !== ended[k]?.heard))
      report('history', at, `The model was sent ${shown(known)}; the caller heard ${shown(ended.map(({ heard }) => heard))}.`);
  }
  return found;
}

/** The last one that had started by this time. */
function startedBy<T extends { readonly from: number }>(list: readonly T[], at: number): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.from ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

const assistants = (messages: readonly Message[]) =>
  messages.filter(({ role }) => role === 'assistant').map(({ content }) => content);
const shown = (texts: readonly string[]) => (texts.length === 0 ? 'nothing' : texts.map((text) => `"${text}"`).join(', '));

function legal(turns: readonly AgentEvent[]): readonly Turn[] {
  const events = new Subject<ListenEvent>();
  const list: Turn[] = [];
  let at = 0;
  events.pipe(orderly()).subscribe((event) => {
    if (event.type === 'StartOfTurn') list.push({ from: at, to: Infinity, text: '' });
    const turn = list.at(-1);
    if (!turn || turn.to < Infinity) return;
    if (event.type === 'EndOfTurn') turn.text = event.transcript;
    if (event.type === 'EndOfTurn' || event.type === 'TurnIgnored') turn.to = at;
  });
  for (const event of turns) {
    at = event.at;
    events.next(event as ListenEvent);
  }
  events.complete();
  return list;
}
