import type { AgentEvent } from '../../../operators/events.ts';
import { isKind, type Line } from '../file/lines.ts';
import { isSilence, turnNamed } from '../marbles.ts';
import { eventsOf } from '../replay/replay.ts';

/** A part of a recorded call that can be played by itself. */
export interface Excerpt {
  readonly from: number;
  readonly to: number;
  /** When its first turn or reply begins: a moment after `from`. */
  readonly begin: number;
  /** Its turn; missing for the whole call. */
  readonly turn?: string;
  /** Whether the call ended by itself within it. Otherwise it must be hung up at `to`. */
  readonly isWhole: boolean;
  /** The events of turns and replies that began in it. */
  readonly events: readonly AgentEvent[];
  /** Earlier events, and later ones of turns and replies that had begun earlier. */
  readonly before: readonly AgentEvent[];
}

/** How long before its first and after its last event an excerpt begins and ends. */
const [leadMs, restMs] = [200, 1000];

/** How much later than its message an event may come. */
const slackMs = 20;

export function wholeCall(lines: readonly Line[]): Excerpt {
  const over = lines.find((line) => isKind(line, 'over') && line.over === 'call');
  const isWhole = over !== undefined && !('left' in over) && !('error' in over);
  const to = over?.at ?? lines.reduce((last, { at }) => Math.max(last, at), 0);
  return { from: 0, to, begin: 0, isWhole, events: eventsOf(lines), before: [] };
}

/**
 * Cuts out a turn, its replies, and the replies that were alive when it began with their turns, this many steps back. Throws
 * `SluiceError` (`no-turn`) where there is no such turn.
 */
export function excerptOf(lines: readonly Line[], turn: string, stepsBack: number): Excerpt {
  const whole = wholeCall(lines);
  const { events } = whole;
  const name = turnNamed(events, turn);
  const begin = beginOf(events, lines, name, stepsBack);
  const members = new Set([nameOfTurn(name), ...repliesAt(events, name)]);
  for (const event of events) if (isOf(members, event)) namesOf(event).forEach((one) => members.add(one));
  const last = events.findLast((event) => isOf(members, event))?.at ?? begin;
  const goesOn = !whole.isWhole || events.some((event) => event.at > last && isNews(event));

  const before = events.findLast((event) => event.at < begin && isNews(event) && event.type !== 'Heard')?.at ?? 0;
  const from = Math.max(0, Math.min(begin - slackMs, Math.max(begin - leadMs, before + 1)));
  const to = goesOn ? Math.min(whole.to, last + restMs) : whole.to;
  const births = birthsOf(events);
  const isIn = (event: AgentEvent) =>
    event.at >= from && event.at <= to && namesOf(event).every((one) => (births.get(one) ?? 0) >= from);
  return {
    from,
    to,
    begin,
    turn: name,
    isWhole: !goesOn,
    events: events.filter(isIn),
    before: events.filter((event) => event.at <= to && !isIn(event)),
  };
}

/** When the turn began, or the earliest turn or control whose reply it met. */
function beginOf(events: readonly AgentEvent[], lines: readonly Line[], turn: string, stepsBack: number): number {
  const born = birthsOf(events).get(nameOfTurn(turn)) ?? 0;
  if (stepsBack === 0) return born;
  const begins = repliesAt(events, turn).map((reply) => {
    const ofReply = events.filter((event) => namesOf(event).includes(reply));
    const of = ofReply.flatMap((event) => ('turn' in event ? [event.turn] : []))[0];
    if (of !== undefined) return of === turn ? born : beginOf(events, lines, of, stepsBack - 1);
    const isSaid = (line: Line) => isKind(line, 'control') && 'say' in line.control && line.at <= (ofReply[0]?.at ?? 0);
    return lines.findLast(isSaid)?.at ?? 0; // a greeting has no control
  });
  return Math.min(born, ...begins);
}

/** The names of the replies that were alive when a turn began. */
function repliesAt(events: readonly AgentEvent[], turn: string): readonly string[] {
  const begin = events.findIndex((event) => namesOf(event).includes(nameOfTurn(turn)));
  const alive = new Set<string>();
  for (const event of events.slice(0, Math.max(0, begin))) {
    if (!('reply' in event)) continue;
    if (event.type === 'ReplyEnded' || event.type === 'DraftDropped') alive.delete(nameOfReply(event.reply));
    else alive.add(nameOfReply(event.reply));
  }
  return [...alive];
}

/** When each turn and reply began, by name. */
function birthsOf(events: readonly AgentEvent[]): ReadonlyMap<string, number> {
  const births = new Map<string, number>();
  for (const event of events) for (const name of namesOf(event)) if (!births.has(name)) births.set(name, event.at);
  return births;
}

/** The turn and the reply of an event. */
function namesOf(event: AgentEvent): readonly string[] {
  if (isSilence(event)) return [];
  const names: string[] = [];
  if ('turn' in event) names.push(nameOfTurn(event.turn));
  if ('reply' in event) names.push(nameOfReply(event.reply));
  return names;
}

const nameOfTurn = (turn: string) => `turn ${turn}`;
const nameOfReply = (reply: number) => `reply ${reply}`;
const isOf = (names: ReadonlySet<string>, event: AgentEvent) => namesOf(event).some((name) => names.has(name));

/** Whether more happened than the end of the call. */
const isNews = (event: AgentEvent) => event.type !== 'Closed' && event.type !== 'Latency' && !isSilence(event);
