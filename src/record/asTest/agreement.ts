import type { AgentEvent } from '../../../operators/events.ts';

/** Where a simulation came to something else than the call: what happened in the one, and in the other, if anything. */
export interface Disagreement {
  readonly recorded?: AgentEvent;
  readonly simulated?: AgentEvent;
}

export interface Agreement {
  /** The first of each turn, of each reply and of the rest, in order of time. */
  readonly disagreements: readonly Disagreement[];
  /** The most that the rest came earlier or later, in ms. */
  readonly shiftMs: number;
}

/** How near to the end of a stretch what is missing may only have come too late. */
const edgeMs = 100;

/**
 * Holds what a simulation came to against what was recorded from `from` to `to`: what became of each turn, draft and reply, in what
 * words. Turns and replies are matched in the order in which they came.
 */
export function agreementOf(
  recorded: readonly AgentEvent[],
  simulated: readonly AgentEvent[],
  { from, to }: { readonly from: number; readonly to: number },
): Agreement {
  const lanes = [lanesOf(recorded), lanesOf(simulated)] as const;
  const disagreements: Disagreement[] = [];
  let shiftMs = 0;
  for (const name of new Set([...lanes[0].keys(), ...lanes[1].keys()])) {
    const [then, now] = [lanes[0].get(name) ?? [], lanes[1].get(name) ?? []];
    for (let at = 0; at < Math.max(then.length, now.length); at++) {
      const [one, other] = [then[at], now[at]];
      if (one && other && one.means === other.means) {
        shiftMs = Math.max(shiftMs, Math.abs(one.event.at - from - other.event.at));
        continue;
      }
      const begins = Math.min(one?.event.at ?? Infinity, (other?.event.at ?? Infinity) + from);
      if (begins < to - edgeMs)
        disagreements.push({ ...(one && { recorded: one.event }), ...(other && { simulated: other.event }) });
      break;
    }
  }
  const atOf = ({ recorded, simulated }: Disagreement) => (recorded ? recorded.at - from : (simulated?.at ?? 0));
  return { disagreements: disagreements.toSorted((one, other) => atOf(one) - atOf(other)), shiftMs };
}

interface Meant {
  readonly event: AgentEvent;
  readonly means: string;
}

function lanesOf(events: readonly AgentEvent[]): ReadonlyMap<string, readonly Meant[]> {
  const lanes = new Map<string, Meant[]>();
  const turns = new Numbers();
  const replies = new Numbers();
  for (const event of events) {
    const meaning = meaningOf(event);
    if (meaning === undefined) continue;
    const turn = 'turn' in event ? `turn ${turns.of(event.turn)}` : '';
    const name = 'reply' in event ? `reply ${replies.of(event.reply)}` : turn;
    const lane = lanes.get(name) ?? [];
    lanes.set(name, lane);
    lane.push({ event, means: JSON.stringify([event.type, turn, ...meaning]) });
  }
  return lanes;
}

/** Names numbered as they come. */
class Numbers {
  readonly #known = new Map<unknown, number>();

  of(name: unknown): number {
    const number = this.#known.get(name) ?? this.#known.size + 1;
    this.#known.set(name, number);
    return number;
  }
}

/** What counts of an event; nothing of those that tell only when or how much. */
function meaningOf(event: AgentEvent): readonly unknown[] | undefined {
  switch (event.type) {
    case 'StartOfTurn':
    case 'EagerEndOfTurn':
    case 'TurnResumed':
    case 'EndOfTurn':
      return [event.transcript];
    case 'TurnTaken':
      return [event.text];
    case 'TurnIgnored':
    case 'DraftDropped':
      return [event.reason];
    case 'ReplyStarted':
      return [event.drafted];
    case 'ReplyEnded':
      return [event.heard, event.interrupted];
    case 'Failure':
      return event.recovered ? undefined : [event.stage];
    case 'TurnLost':
    case 'DraftStarted':
    case 'SpeechStarted':
    case 'SpeechPaused':
    case 'SpeechResumed':
    case 'BargeIn':
    case 'Idle':
      return [];
    default:
      return undefined;
  }
}
