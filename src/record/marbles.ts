import type { AgentEvent } from '../../operators/events.ts';
import { SluiceError } from '../errors.ts';
import { audible } from '../testing/audible.ts';
import { chart } from '../testing/timingChart.ts';
import type { Request } from '../testing/result.ts';
import { isKind, type Line } from './file/lines.ts';
import type { Recorded } from './file/readRecording.ts';
import { eventsOf } from './replay/replay.ts';

export interface MarblesConfig {
  /** Draws this turn and its answer alone: its number in the call, from 1, or its name (`0:3`). Defaults to the whole call. */
  readonly turn?: string;
  /** How wide, in columns. Default 100. */
  readonly width?: number;
}

/** A stretch of a call. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * A recorded call as a marble diagram: what the caller did, when the model was writing, when the agent was heard; `legend` says what
 * the letters are. Times begin with the stretch that is drawn.
 *
 * Throws `SluiceError` (`no-turn`) where there is no such turn.
 */
export function marbles({ lines }: Recorded, { turn, width = 100 }: MarblesConfig = {}): readonly string[] {
  const events = eventsOf(lines);
  const { from, to } = turn === undefined ? { from: 0, to: Infinity } : stretchOf(events, turn);
  const within = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const shifted = events.filter(within).map((event) => ({ ...event, at: event.at - from }));
  const requests = requestsOf(lines)
    .filter(within)
    .map((request) => ({ ...request, ...moved(request, from) }));
  const heard = audible(events)
    .filter((span) => span.to > from && span.from < to)
    .map((span) => ({ ...span, from: Math.max(0, span.from - from), to: Math.min(to, span.to) - from }));
  return chart({ events: shifted, requests, heard, history: [], said: [], violations: [] }, width);
}

const moved = ({ at, endedAt, abortedAt }: Request, from: number) => ({
  at: at - from,
  ...(endedAt !== undefined && { endedAt: endedAt - from }),
  ...(abortedAt !== undefined && { abortedAt: abortedAt - from }),
});

/** From its first event to the last of its replies, or to its own last. */
function stretchOf(events: readonly AgentEvent[], turn: string): Stretch {
  const name = turnNamed(events, turn);
  const isOwn = (event: AgentEvent) => 'turn' in event && event.turn === name && !isSilence(event);
  const replies = new Set(events.flatMap((event) => (isOwn(event) && 'reply' in event ? [event.reply] : [])));
  const all = events.filter((event) => isOwn(event) || ('reply' in event && replies.has(event.reply)));
  return { from: all[0]?.at ?? 0, to: all.at(-1)?.at ?? 0 };
}

/** The names of the turns of a call, in order. */
export const turnNames = (events: readonly AgentEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.type === 'StartOfTurn' ? [event.turn] : []))),
];

/** The name of a turn, which may be given by its number. Throws `SluiceError` (`no-turn`) where there is no such turn. */
export function turnNamed(events: readonly AgentEvent[], turn: string): string {
  const names = turnNames(events);
  const name = names.includes(turn) ? turn : names[Number(turn) - 1];
  if (name !== undefined) return name;
  const known = names.length === 0 ? 'it has none' : `its turns are 1 to ${names.length}, named ${names[0]} to ${names.at(-1)}`;
  throw new SluiceError('no-turn', `The recording has no turn ${turn}: ${known}.`);
}

/** Flux names the next turn from the end of the one before on, while nobody speaks. */
export const isSilence = (event: AgentEvent): boolean => event.type === 'Update' && event.transcript === '';

/** The requests to the model, as far as a drawing needs them. */
function requestsOf(lines: readonly Line[]): readonly Request[] {
  const ends = new Map(lines.filter((line) => isKind(line, 'end')).map((line) => [line.end, line]));
  return lines
    .filter((line) => isKind(line, 'request'))
    .map(({ at, request, messages }) => {
      const end = ends.get(request);
      const over = end && (end.left ? { abortedAt: end.at } : { endedAt: end.at });
      return { at, messages, draft: false, tokens: 0, ...over };
    });
}
