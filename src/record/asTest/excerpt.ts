import type { AgentEvent } from '../../../operators/events.ts';
import { isKind, type Line } from '../file/lines.ts';
import { isSilence, turnNamed } from '../marbles.ts';
import { eventsOf } from '../replay/replay.ts';

/** A stretch of a recorded call that can be played by itself. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** When what it is about begins: a moment after `from`. */
  readonly begin: number;
  /** The turn that it is about; missing where it is the whole call. */
  readonly turn?: string;
  /** The call ended by itself within it. Else it has to be ended at `to`. */
  readonly isWhole: boolean;
  /** What happened in it, to turns and replies that began in it. */
  readonly events: readonly AgentEvent[];
  /** What had happened before it, or ends in it what had begun before. */
  readonly before: readonly AgentEvent[];
}

/** A stretch begins a moment before its first turn, and goes on for a while after the last thing that it is about. */
const [leadMs, restMs] = [200, 1000];

/** By how much an event may come later than the message that it tells of. */
const slackMs = 20;

/** The whole call. */
export function wholeOf(lines: readonly Line[]): Stretch {
  const over = lines.find((line) => isKind(line, 'over') && line.over === 'call');
  const isWhole = over !== undefined && !('left' in over) && !('error' in over);
  const to = over?.at ?? lines.reduce((last, { at }) => Math.max(last, at), 0);
  return { from: 0, to, begin: 0, isWhole, events: eventsOf(lines), before: [] };
}

/**
 * A turn, what came of it, and what it met with: the turns whose replies were alive when it began, so many steps back. Throws
 * `SluiceError` (`no-turn`) where there is no such turn.
 */
export function stretchOf(lines: readonly Line[], turn: string, stepsBack: number): Stretch {
  const whole = wholeOf(lines);
  const { events } = whole;
  const name = turnNamed(events, turn);
  const begin = beginOf(events, lines, name, stepsBack);
  const own = new Set([nameOfTurn(name), ...repliesAt(events, name)]);
  for (const event of events) if (isOf(own, event)) namesOf(event).forEach((one) => own.add(one));
  const last = events.findLast((event) => isOf(own, event))?.at ?? begin;
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

/** When the first thing happened of the turn, or of what it met with. */
function beginOf(events: readonly AgentEvent[], lines: readonly Line[], turn: string, stepsBack: number): number {
  const born = birthsOf(events).get(nameOfTurn(turn)) ?? 0;
  if (stepsBack === 0) return born;
  const begins = repliesAt(events, turn).map((reply) => {
    const own = events.filter((event) => namesOf(event).includes(reply));
    const of = own.flatMap((event) => ('turn' in event ? [event.turn] : []))[0];
    if (of !== undefined) return of === turn ? born : beginOf(events, lines, of, stepsBack - 1);
    const isSaid = (line: Line) => isKind(line, 'control') && 'say' in line.control && line.at <= (own[0]?.at ?? 0);
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

/** Turns and replies by name: when each of them began. */
function birthsOf(events: readonly AgentEvent[]): ReadonlyMap<string, number> {
  const births = new Map<string, number>();
  for (const event of events) for (const name of namesOf(event)) if (!births.has(name)) births.set(name, event.at);
  return births;
}

/** What an event is of. Flux names the next turn while nobody speaks: that is of none. */
function namesOf(event: AgentEvent): readonly string[] {
  if (isSilence(event)) return [];
  const names: string[] = [];
  if ('turn' in event) names.push(nameOfTurn(event.turn));
  if ('reply' in event) names.push(nameOfReply(event.reply));
  return names;
}

const nameOfTurn = (turn: string) => `turn ${turn}`;
const nameOfReply = (reply: number) => `reply ${reply}`;
const isOf = (own: ReadonlySet<string>, event: AgentEvent) => namesOf(event).some((name) => own.has(name));

/** Whether the call was more than over. */
const isNews = (event: AgentEvent) => event.type !== 'Closed' && event.type !== 'Latency' && !isSilence(event);
