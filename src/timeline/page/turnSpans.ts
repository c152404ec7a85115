import type { AgentEvent, Stamp, TurnEvent, TurnIgnored } from '../../../operators/events.ts';
import type { Of, Span } from './span.ts';

/** What a turn may begin with. */
export type Begin = (TurnEvent & Stamp) | Of<'TurnTaken'>;

/** A turn from the first to the last that was said of it. */
export interface Turn extends Span {
  readonly turn: string;
  /** What it came to: the last event with words. */
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

/** Text that was never heard: typed, or told by the program. */
function typed({ id, at, turn, text }: Of<'TurnTaken'>): Turn {
  const last = { id, at, type: 'EndOfTurn', turn, transcript: text, words: [], confidence: 1, audioEndMs: 0 } as const;
  return { turn, from: at, to: at, last };
}

export function beginsOf(events: readonly Begin[]): readonly Begin[] {
  const begun = new Set<string>();
  return events.filter(({ turn }) => !begun.has(turn) && begun.add(turn));
}
