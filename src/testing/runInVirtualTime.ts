/* eslint-disable rxjs-x/no-internal -- the clocks of RxJS have no other handle; the package exports these paths */
import { dateTimestampProvider } from 'rxjs/internal/scheduler/dateTimestampProvider';
import { immediateProvider } from 'rxjs/internal/scheduler/immediateProvider';
import { intervalProvider } from 'rxjs/internal/scheduler/intervalProvider';
import { timeoutProvider } from 'rxjs/internal/scheduler/timeoutProvider';
import { SluiceError } from '../errors.ts';
import { withFreshSchedulers } from './withFreshSchedulers.ts';

interface Timer {
  due: number;
  /** For an interval. */
  readonly period: number | undefined;
  readonly handler: () => void;
  cleared: boolean;
}

/** With more timers than this in one millisecond, time counts as standing still. */
const mostAtOnce = 100_000;

/** The longest wait of a timer in Node and in browsers; a longer one does not wait at all. */
const longestMs = 2 ** 31 - 1;

export interface VirtualRun {
  readonly start: () => void;
  /** Whether the run is over. Called after each timer. */
  readonly over: () => boolean;
  /** Stops what was started. Always called, also when a timer threw. */
  readonly stop: () => void;
  /** The time limit in ms; after the end, timers run for as long again. */
  readonly untilMs: number;
}

export interface VirtualEnd {
  /** `over`; or there was no timer left, `untilMs` was reached, or time stood still. */
  readonly why: 'over' | 'idle' | 'late' | 'still';
  readonly at: number;
  /** The number of timers right after the end. */
  readonly timersLeft: number;
}

/**
 * Runs something in virtual time: every RxJS clock starts at 0 and jumps from one due timer to the next. It is synchronous, and it
 * always ends: at `untilMs`, or when endless timers of 0 ms make time stand still. Errors of timers are rethrown after real time is
 * restored.
 *
 * RxJS's own `TestScheduler.run` does the same for marble diagrams, but in 7.8 it fails ("Expected a due immediate or interval") when
 * a rescheduled timer clears another one that is due in the same millisecond, which calls often do. It also checks every timer at
 * each tick. Throws `SluiceError` (`nested`) inside the other, or inside itself.
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

class Clock {
  #time = 0;
  /** The next timer is the last one; of those due together, the one set first. */
  readonly #timers: Timer[] = [];

  now(): number {
    return this.#time;
  }

  set(handler: () => void, ms = 0, repeats = false): Timer {
    const wait = ms > 0 && ms <= longestMs ? ms : 0;
    const timer = { due: this.#time + wait, period: repeats ? wait : undefined, handler, cleared: false };
    this.#insert(timer);
    return timer;
  }

  clear(timer: Timer | undefined): void {
    if (timer) timer.cleared = true;
  }

  get timersLeft(): number {
    return this.#timers.filter(({ cleared }) => !cleared).length;
  }

  run(untilMs: number, over: () => boolean = () => false): VirtualEnd['why'] {
    let atOnce = 0;
    let since = this.#time;
    while (!over()) {
      if (dateTimestampProvider.delegate !== this) throw nested(); // a marble test took the clocks away
      const timer = this.#timers.at(-1);
      if (!timer) return 'idle';
      if (timer.due > untilMs && !timer.cleared) {
        this.#time = Math.max(this.#time, untilMs);
        return 'late';
      }
      this.#timers.pop();
      if (timer.cleared) continue;
      this.#time = timer.due;
      if (this.#time - since >= 1) {
        since = this.#time;
        atOnce = 0;
      }
      if (++atOnce > mostAtOnce) return 'still';
      if (timer.period !== undefined) {
        timer.due += timer.period;
        this.#insert(timer);
      }
      timer.handler();
    }
    return 'over';
  }

  #insert(timer: Timer): void {
    const timers = this.#timers;
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((timers[middle]?.due ?? 0) > timer.due) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  }
}
