import { asapScheduler, asyncScheduler, queueScheduler } from 'rxjs';

/** What a scheduler of RxJS has in hand. */
interface InHand {
  actions: unknown[];
  _active: boolean;
  _scheduled: unknown;
}

/**
 * Runs `body` with schedulers of RxJS that have nothing in hand, and gives them back what they had. One that is in the middle of a
 * timer runs nothing else until that has returned: what is called in there would wait for itself.
 */
export function withFreshSchedulers<T>(body: () => T): T {
  const schedulers = [asyncScheduler, asapScheduler, queueScheduler] as unknown as InHand[];
  const before = schedulers.map(({ actions, _active, _scheduled }): InHand => ({ actions, _active, _scheduled }));
  for (const scheduler of schedulers) Object.assign(scheduler, { actions: [], _active: false, _scheduled: undefined });
  try {
    return body();
  } finally {
    schedulers.forEach((scheduler, k) => Object.assign(scheduler, before[k]));
  }
}
