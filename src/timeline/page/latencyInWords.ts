import type { Bracket } from './callModel.ts';

/** The numbers of a bracket. Empty for a reply to no turn. */
export function latencyInWords({ event: { endOfTurn, firstSound }, delay, isCancelled }: Bracket): string {
  if (endOfTurn === null) return '';
  const waited = delay === null ? [] : [`${Math.round(delay)} ms end-of-turn delay`];
  const unheard = isCancelled ? 'cancelled' : 'unheard';
  return [...waited, firstSound === null ? unheard : `${Math.round(firstSound - endOfTurn)} ms to the first sound`].join(' + ');
}
