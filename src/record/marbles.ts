import type { AgentEvent } from '../../operators/events.ts';
import { SluiceError } from '../errors.ts';
import { audible } from '../testing/audible.ts';
import { chart } from '../testing/timingChart.ts';
import type { Request } from '../testing/result.ts';
import type { Line } from './file/lines.ts';
import type { Recorded } from './file/readRecording.ts';
import { requestsOf } from './file/requests.ts';
import { eventsOf } from './replay/replay.ts';

export interface MarblesConfig {
  /** The turn to draw, with its answer: its number in the call, from 1, or its name (`0:3`). Default: the whole call. */
  readonly turn?: string;
  /** The width in columns. Default 100. */
  readonly width?: number;
}

/**
 * Draws a recorded call, or one turn of it, as a marble diagram: turns, requests to the model, audible replies. `legend` explains the
 * letters. Times count from the first moment that is drawn.
 *
 * Throws `SluiceError` (`no-turn`) where there is no such turn.
 */
export function marbles({ lines }: Recorded, { turn, width = 100 }: MarblesConfig = {}): readonly string[] {
  const events = eventsOf(lines);
  const { from, to } = turn === undefined ? { from: 0, to: Infinity } : intervalOf(events, turn);
  const within = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const shifted = events.filter(within).map((event) => ({ ...event, at: event.at - from }));
  const requests = chartedRequests(lines)
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

/** The time from the first event of a turn to the last event of it and its replies. */
function intervalOf(events: readonly AgentEvent[], turn: string): { readonly from: number; readonly to: number } {
  const name = turnNamed(events, turn);
  const isOfTurn = (event: AgentEvent) => 'turn' in event && event.turn === name && !isSilence(event);
  const replies = new Set(events.flatMap((event) => (isOfTurn(event) && 'reply' in event ? [event.reply] : [])));
  const all = events.filter((event) => isOfTurn(event) || ('reply' in event && replies.has(event.reply)));
  return { from: all[0]?.at ?? 0, to: all.at(-1)?.at ?? 0 };
}

/** The names of the turns of a call, in order. */
export const turnNames = (events: readonly AgentEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.type === 'StartOfTurn' ? [event.turn] : []))),
];

/** The name of a turn, given its name or its number from 1. Throws `SluiceError` (`no-turn`) where there is no such turn. */
export function turnNamed(events: readonly AgentEvent[], turn: string): string {
  const names = turnNames(events);
  const name = names.includes(turn) ? turn : names[Number(turn) - 1];
  if (name !== undefined) return name;
  const known = names.length === 0 ? 'it has none' : `its turns are 1 to ${names.length}, named ${names[0]} to ${names.at(-1)}`;
  throw new SluiceError('no-turn', `The recording has no turn ${turn}: ${known}.`);
}

/** Whether an event is an `Update` without words: Flux sends them for the next turn while nobody speaks. */
export const isSilence = (event: AgentEvent): boolean => event.type === 'Update' && event.transcript === '';

/** The requests to the model, as far as a chart needs them. */
const chartedRequests = (lines: readonly Line[]): readonly Request[] =>
  requestsOf(lines).map(({ at, end }) => {
    const over = end && (end.left ? { abortedAt: end.at } : { endedAt: end.at });
    return { at, messages: [], draft: false, tokens: 0, ...over };
  });
