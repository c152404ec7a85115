import type { AgentEvent, Stamp, TurnEvent, TurnIgnored } from '../../../operators/events.ts';
import type { Of, Span } from './span.ts';

/** An event that a turn can start with. */
export type TurnStart = (TurnEvent & Stamp) | Of<'TurnTaken'>;

/** A turn, from its first event to its last. */
export interface Turn extends Span {
  readonly turn: string;
  /** The last event with words. */
  readonly last: TurnEvent & Stamp;
  readonly ignored?: TurnIgnored & Stamp;
}

export const turnTypes = ['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'] as const;
const isTurn = (event: AgentEvent): event is TurnEvent & Stamp => (turnTypes as readonly string[]).includes(event.type);

export function turnsOf(events: readonly AgentEvent[]): readonly Turn[] {
  const turns = new Map<string, Turn>();
  for (const event of events) {
    if (event.type === 'TurnIgnored') {
      const turn = turns.get(event.turn);
      if (turn) turns.set(event.turn, { ...turn, ignored: event });
    }
    if (event.type === 'TurnTaken' && !turns.has(event.turn)) turns.set(event.turn, typed(event));
    if (!isTurn(event) || (event.type === 'Update' && !turns.has(event.turn))) continue;
    const before = turns.get(event.turn);
    const last = before && (event.transcript === '' || event.type === 'Update') ? before.last : event;
    turns.set(event.turn, { ...before, turn: event.turn, from: before?.from ?? event.at, to: event.at, last });
  }
  return [...turns.values()];
}

/** The turn of a typed text, which Flux sent no events of. */
function typed({ id, at, turn, text }: Of<'TurnTaken'>): Turn {
  const last = { id, at, type: 'EndOfTurn', turn, transcript: text, words: [], confidence: 1, audioEndMs: 0 } as const;
  return { turn, from: at, to: at, last };
}

/** The first event of each turn. */
export function turnStartsOf(events: readonly TurnStart[]): readonly TurnStart[] {
  const started = new Set<string>();
  return events.filter(({ turn }) => !started.has(turn) && started.add(turn));
}
