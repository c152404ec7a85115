import { Subject } from 'rxjs';
import { equivalent } from '../../../operators/turns/equivalent.ts';
import type { AgentEvent, ListenEvent, Message } from '../../../operators/events.ts';
import { orderly } from '../../../operators/turns/orderly.ts';
import type { Request, RuleName, Violation } from '../result.ts';
import type { CallSettings } from '../callSettings.ts';
import type { Sound } from '../stageProbe.ts';

/** What the far sides saw of a call. */
export interface Seen {
  readonly turns: readonly AgentEvent[];
  readonly requests: readonly Request[];
  readonly sounds: readonly Sound[];
  readonly endedAt: number;
  /** Whether the agent told events of its own. */
  readonly tells: boolean;
}

/** A turn of the caller's, as it would be if it came in a legal order. */
interface Turn {
  readonly from: number;
  to: number;
  /** Empty while it is open, and when it ended without words. */
  text: string;
}

/**
 * What can be said of any agent, also of one that tells nothing of itself: no sound begins in the middle of a turn, two never sound
 * at once, each turn that nobody spoke over is asked of the model, and the model is told of the assistant only what was heard.
 */
export function seen({ turns, requests, sounds, endedAt, tells }: Seen, told: CallSettings): readonly Violation[] {
  const found: Violation[] = [];
  const tell = (rule: RuleName, at: number, message: string) => found.push({ rule, at, message, events: [] });
  const said = legal(turns);
  const heard = sounds.filter((sound): sound is Sound & { from: number; to: number } => sound.from !== undefined);

  if (endedAt < told.closingAt) tell('early', endedAt, 'The call ended before the caller did.');

  heard.forEach(({ from }, k) => {
    if ((heard[k - 1]?.to ?? 0) > from) tell('two', from, 'Two replies are heard at once.');
    const during = startedBy(said, from);
    const isOpen = during !== undefined && during.from < from && from < during.to;
    if (isOpen && told.plain) tell('unsettled', from, 'A reply is heard though the turn is not over.');
  });

  let first = 0; // of the requests that may ask about the turn
  said.forEach(({ from, to, text }, k) => {
    while ((requests[first]?.at ?? Infinity) < from) first++;
    if (text === '' || !told.plain || (startedBy(heard, to)?.to ?? 0) > to) return;
    let next = k + 1;
    while (said[next]?.text === '') next++;
    const until = said[next]?.to ?? Infinity;
    const asks = ({ role, content }: Message) => role === 'user' && (content.includes(text) || equivalent(content, text));
    for (let k = first; k < requests.length && (requests[k]?.at ?? 0) <= until; k++)
      if (requests[k]?.messages.findLast(asks)) return;
    tell('unanswered', to, `The model was never asked about "${text}".`);
  });

  if (tells) return found; // what it told and what it was asked is compared in full
  const remembers = requests.some(({ messages }) => assistants(messages).length > told.assistants);
  for (const { at, messages } of remembers && told.remembers ? requests : []) {
    const known = assistants(messages).slice(told.assistants);
    const ended = heard.filter((sound) => sound.heard !== '' && sound.to <= at);
    const least = ended.filter(({ to }) => to < at).length; // of those that ended in this very millisecond the order is not known
    if (known.length < least || known.some((content, k) => content !== ended[k]?.heard))
      tell('history', at, `The model is told of ${shown(known)}; what was heard is ${shown(ended.map((sound) => sound.heard))}.`);
  }
  return found;
}

/** The last that had begun by this moment. */
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
