import { asyncScheduler, Subscription } from 'rxjs';
import { isIncoming } from '../file/lateLines.ts';
import type { Line } from '../file/lines.ts';

/** The actions of one service, in order. `place`: the line of the recording that an action comes from. */
interface Scheduled {
  readonly head: { readonly place: number } | undefined;
  readonly isReady: boolean;
  readonly runHead: () => void;
  readonly setTimer: () => void;
}

/**
 * Keeps the services of a replay in the order of the recording, where several act in the same millisecond.
 *
 * Incoming lines run before the timers of their millisecond, `late` lines after them.
 */
export class ReplayScheduler {
  readonly #queues = new Set<Scheduled>();
  readonly #waiting = new Set<Scheduled>();
  readonly #times: ReadonlySet<number>;
  readonly #lateTimes: ReadonlySet<number>;
  readonly #latePlaces: ReadonlySet<number>;
  readonly #lagMs: number;
  #isRunning = false;
  /** The millisecond whose timers have run. */
  #timersRanAt = -1;

  /** `lagMs`: how much later than in the replay the recorded machine may have sent a request, because it was busy. */
  constructor(lines: readonly Line[] = [], { lagMs = 0 }: { readonly lagMs?: number } = {}) {
    const isLate = (line: Line) => 'late' in line && line.late === true;
    this.#lagMs = lagMs;
    this.#times = new Set(lines.filter(isIncoming).map(({ at }) => at));
    this.#lateTimes = new Set(lines.filter(isLate).map(({ at }) => at));
    this.#latePlaces = new Set(lines.flatMap((line, place) => (isLate(line) ? [place] : [])));
  }

  /** Sets a timer for each millisecond with an incoming line. Call it before any other timer is set. */
  start(): Subscription {
    const timers = new Subscription();
    for (const at of this.#times) timers.add(asyncScheduler.schedule(() => this.#runDue(timers), at));
    return timers;
  }

  /** The time from which the answer to a request of now counts. `recordedAt`: when the request was sent in the recording. */
  answersFrom(recordedAt: number | undefined): number {
    const now = asyncScheduler.now();
    return recordedAt !== undefined && recordedAt > now && recordedAt <= now + this.#lagMs ? recordedAt : now;
  }

  /** Whether the line at this place is late, and the timers of this millisecond have not run yet. */
  mustWait(place: number): boolean {
    const now = asyncScheduler.now();
    return this.#latePlaces.has(place) && this.#lateTimes.has(now) && this.#timersRanAt !== now;
  }

  add(queue: Scheduled): void {
    this.#queues.add(queue);
  }

  remove(queue: Scheduled): void {
    this.#queues.delete(queue);
    this.#waiting.delete(queue);
  }

  /** Runs the actions of a queue that are due, and before each of them the earlier actions of other queues. */
  run(queue: Scheduled): void {
    this.#waiting.add(queue);
    if (this.#isRunning) return; // an action may lead to an answer, which runs in its turn
    this.#isRunning = true;
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (next.isReady) this.#first(next).runHead();
      else {
        this.#waiting.delete(next);
        next.setTimer();
      }
    }
    this.#isRunning = false;
  }

  #runDue(timers: Subscription): void {
    this.#runAll();
    const now = asyncScheduler.now();
    if (!this.#lateTimes.has(now)) return;
    const afterTimers = () => {
      this.#timersRanAt = now;
      this.#runAll();
    };
    timers.add(asyncScheduler.schedule(afterTimers));
  }

  #runAll(): void {
    for (const queue of this.#queues) this.run(queue);
  }

  #first(among: Scheduled): Scheduled {
    const place = (queue: Scheduled) => queue.head?.place ?? Infinity;
    return [...this.#queues].reduce((first, one) => (one.isReady && place(one) < place(first) ? one : first), among);
  }
}
