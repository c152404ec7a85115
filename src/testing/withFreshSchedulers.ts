import { asapScheduler, asyncScheduler, queueScheduler } from 'rxjs';

/** The state of an RxJS scheduler. */
interface SchedulerState {
  actions: unknown[];
  _active: boolean;
  _scheduled: unknown;
}

/**
 * Runs `body` with empty RxJS schedulers, and restores their state afterwards. A scheduler that is in the middle of a timer queues
 * everything else until that timer returns, so code called from a timer would wait for itself.
 */
export function withFreshSchedulers<T>(body: () => T): T {
  const schedulers = [asyncScheduler, asapScheduler, queueScheduler] as unknown as SchedulerState[];
  const before = schedulers.map(({ actions, _active, _scheduled }): SchedulerState => ({ actions, _active, _scheduled }));
  for (const scheduler of schedulers) Object.assign(scheduler, { actions: [], _active: false, _scheduled: undefined });
  try {
    return body();
  } finally {
    schedulers.forEach((scheduler, k) => Object.assign(scheduler, before[k]));
  }
}
