/* eslint-disable rxjs-x/no-internal -- the clocks of RxJS have no other handle; the package exports these paths */
import { dateTimestampProvider } from 'rxjs/internal/scheduler/dateTimestampProvider';
import { immediateProvider } from 'rxjs/internal/scheduler/immediateProvider';
import { intervalProvider } from 'rxjs/internal/scheduler/intervalProvider';
import { timeoutProvider } from 'rxjs/internal/scheduler/timeoutProvider';
import { SluiceError } from '../errors.ts';
import { withFreshSchedulers } from './withFreshSchedulers.ts';

interface Timer {
  due: number;
  order: number;
  readonly period: number | undefined;
  readonly handler: () => void;
  cleared: boolean;
}

/** So many timers in one millisecond, and time is taken to stand still. */
const mostAtOnce = 100_000;

/** The longest wait of a timer, in Node and in browsers; one that is longer does not wait at all. */
const longestMs = 2 ** 31 - 1;

export interface VirtualRun {
  /** Starts what is to be run. */
  readonly start: () => void;
  /** Whether it is over. Asked after each timer. */
  readonly over: () => boolean;
  /** Ends it, whether it is over or not, also when it threw. */
  readonly stop: () => void;
  /** How long it may take, in ms; and as long again what goes on after its end. */
  readonly untilMs: number;
}

/** How a run came out. */
export interface VirtualEnd {
  /** `over`, or what came first: no timer was left, the time was up, or it stood still. */
  readonly why: 'over' | 'idle' | 'late' | 'still';
  readonly at: number;
  /** How many timers were still set right after its end. */
  readonly timersLeft: number;
}

/**
 * Runs something in virtual time: every clock of RxJS reads 0 at first, and jumps from one due timer to the next. Synchronous,
 * and it ends: at `untilMs`, or when time stands still because timers of 0 ms follow one another for ever. What a timer throws
 * is thrown on, and real time is back.
 *
 * RxJS's own `TestScheduler.run` does the same for marble diagrams, but in 7.8 it fails ("Expected a due immediate or
 * interval") when a timer that was armed again clears another one that is due in the same millisecond; a call does that often.
 * It also looks at every timer at each tick. Neither may be used within the other: that throws `nested`.
 */
export function runInVirtualTime(run: VirtualRun): VirtualEnd {
  if (dateTimestampProvider.delegate) throw nested();
  const clock = new Clock();
  const every = (handler: () => void, ms?: number) => clock.set(handler, ms, true) as never;
  const once = (handler: () => void, ms?: number) => clock.set(handler, ms) as never;
  const clear = (timer: unknown) => clock.clear(timer as Timer | undefined);
  dateTimestampProvider.delegate = clock;
  intervalProvider.delegate = { setInterval: every, clearInterval: clear };
  timeoutProvider.delegate = { setTimeout: once, clearTimeout: clear };
  immediateProvider.delegate = { setImmediate: once, clearImmediate: clear };
  try {
    return withFreshSchedulers(() => runOn(clock, run));
  } finally {
    for (const provider of [dateTimestampProvider, intervalProvider, timeoutProvider, immediateProvider])
      provider.delegate = undefined;
  }
}

function runOn(clock: Clock, { start, over, stop, untilMs }: VirtualRun): VirtualEnd {
  let why: VirtualEnd['why'];
  try {
    start();
    why = clock.run(untilMs, over);
  } catch (error) {
    stop();
    throw error;
  }
  const at = clock.now();
  stop();
  const { timersLeft } = clock;
  clock.run(at + untilMs);
  return { why, at, timersLeft };
}

const nested = () =>
  new SluiceError('nested', 'Virtual time is already running: no simulation inside a marble test or another simulation.');

/** Timers in a heap, the next one on top; of those due together the one set first. */
class Clock {
  #time = 0;
  #order = 0;
  readonly #heap: Timer[] = [];

  now(): number {
    return this.#time;
  }

  set(handler: () => void, ms = 0, again = false): Timer {
    const wait = ms > 0 && ms <= longestMs ? ms : 0;
    const timer = { due: this.#time + wait, order: this.#order++, period: again ? wait : undefined, handler, cleared: false };
    this.#push(timer);
    return timer;
  }

  clear(timer: Timer | undefined): void {
    if (timer) timer.cleared = true;
  }

  get timersLeft(): number {
    return this.#heap.filter(({ cleared }) => !cleared).length;
  }

  run(untilMs: number, over: () => boolean = () => false): VirtualEnd['why'] {
    let atOnce = 0;
    let since = this.#time;
    while (!over()) {
      if (dateTimestampProvider.delegate !== this) throw nested(); // a marble test took the clocks away
      const timer = this.#pop();
      if (!timer) return 'idle';
      if (timer.cleared) continue;
      if (timer.due > untilMs) {
        this.#push(timer);
        this.#time = Math.max(this.#time, untilMs);
        return 'late';
      }
      this.#time = timer.due;
      if (this.#time - since >= 1) {
        since = this.#time;
        atOnce = 0;
      }
      if (++atOnce > mostAtOnce) return 'still';
      if (timer.period !== undefined) {
        timer.due += timer.period;
        timer.order = this.#order++;
        this.#push(timer);
      }
      timer.handler();
    }
    return 'over';
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || before(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child && right && before(right, child)) {
        child = right;
        below++;
      }
      if (!child || before(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return top;
  }
}

const before = (one: Timer, other: Timer) => one.due < other.due || (one.due === other.due && one.order < other.order);
