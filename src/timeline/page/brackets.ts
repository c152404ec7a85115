import { endOfTurnDelay } from '../../../operators/call/endOfTurnDelay.ts';
import { isCancelled } from '../../../operators/call/isCancelled.ts';
import type { Stamp, TurnEvent } from '../../../operators/events.ts';
import type { Clock } from './clock.ts';
import type { Reply } from './replySpans.ts';
import type { Of, Span } from './span.ts';

/** The bracket of a reply, from the end of the caller's speech to the first sound of the reply. */
export interface Bracket extends Span {
  readonly event: Of<'Latency'>;
  /** `endOfTurnDelay` of the turn, in ms of the audio clock. */
  readonly delay: number | null;
  /** The end of speech on the clock of the call: `delay` before the end of the turn. */
  readonly endOfSpeech: number | null;
  readonly isCancelled: boolean;
}

export function bracketsOf(
  latencies: readonly Of<'Latency'>[],
  turns: readonly (TurnEvent & Stamp)[],
  replies: readonly Reply[],
  clock: Clock,
): readonly Bracket[] {
  const ends = turns.filter(({ type }) => type === 'EndOfTurn');
  const delays = new Map(ends.map((event) => [event.turn, endOfTurnDelay(event)]));
  const cancelled = new Set(replies.filter(isCancelled).map(({ reply }) => reply));
  return latencies.map((event) => {
    const { turn = '', reply, endOfTurn, firstSound, at } = event;
    const delay = delays.get(turn) ?? null;
    const isKnown = delay !== null && endOfTurn !== null;
    const endOfSpeech = isKnown ? clock.callAt(clock.soundAt(endOfTurn) - delay) : null;
    const moments = [endOfSpeech, endOfTurn, firstSound].filter((ms) => ms !== null);
    const span = { from: Math.min(at, ...moments), to: Math.max(0, ...moments) };
    return { event, delay, endOfSpeech, isCancelled: cancelled.has(reply), ...span };
  });
}

/** The numbers of a bracket. Empty for a reply to no turn. */
export function latencyInWords({ event: { endOfTurn, firstSound }, delay, isCancelled }: Bracket): string {
  if (endOfTurn === null) return '';
  const waited = delay === null ? [] : [`${Math.round(delay)} ms end-of-turn delay`];
  const unheard = isCancelled ? 'cancelled' : 'unheard';
  return [...waited, firstSound === null ? unheard : `${Math.round(firstSound - endOfTurn)} ms to the first sound`].join(' + ');
}
