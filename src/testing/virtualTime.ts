/* eslint-disable rxjs-x/no-internal -- the clocks of RxJS have no other handle; the package exports these paths */
import { dateTimestampProvider } from 'rxjs/internal/scheduler/dateTimestampProvider';
import { immediateProvider } from 'rxjs/internal/scheduler/immediateProvider';
import { intervalProvider } from 'rxjs/internal/scheduler/intervalProvider';
import { timeoutProvider } from 'rxjs/internal/scheduler/timeoutProvider';
import { SluiceError } from '../errors.ts';

interface Timer {
  due: number;
  order: number;
  readonly period: number | undefined;
  readonly handler: () => void;
  cleared: boolean;
}

/**
 * Runs `body`, and then all that it left to happen, in virtual time: every clock of RxJS reads 0 at first, and jumps from one
 * due timer to the next. Synchronous; ends when no timer is left, or at `untilMs`, which is an error then.
 *
 * RxJS's own `TestScheduler.run` does the same for marble diagrams, but in 7.8 it fails ("Expected a due immediate or
 * interval") when a timer that was armed again clears another one that is due in the same millisecond; a call does that often.
 * It also looks at every timer at each tick. Neither may be used within the other.
 */
export function virtually<T>(body: () => T, untilMs = 1e9): T {
  if (dateTimestampProvider.delegate) {
    throw new SluiceError('nested', 'Virtual time is already running: no simulation inside a marble test or another simulation.');
  }
  const clock = new Clock();
  const every = (handler: () => void, ms = 0) => clock.set(handler, ms, ms) as never;
  const once = (handler: () => void, ms = 0) => clock.set(handler, ms) as never;
  const clear = (timer: unknown) => clock.clear(timer as Timer | undefined);
  dateTimestampProvider.delegate = clock;
  intervalProvider.delegate = { setInterval: every, clearInterval: clear };
  timeoutProvider.delegate = { setTimeout: once, clearTimeout: clear };
  immediateProvider.delegate = { setImmediate: once, clearImmediate: clear };
  try {
    const result = body();
    clock.run(untilMs);
    return result;
  } finally {
    for (const provider of [dateTimestampProvider, intervalProvider, timeoutProvider, immediateProvider])
      provider.delegate = undefined;
  }
}

/** Timers in a heap, the next one on top; of those due together the one set first. */
class Clock {
  private time = 0;
  private order = 0;
  private readonly heap: Timer[] = [];

  now(): number {
    return this.time;
  }

  set(handler: () => void, ms: number, period?: number): Timer {
    const timer = { due: this.time + ms, order: this.order++, period, handler, cleared: false };
    this.push(timer);
    return timer;
  }

  clear(timer: Timer | undefined): void {
    if (timer) timer.cleared = true;
  }

  run(untilMs: number): void {
    for (let timer = this.pop(); timer; timer = this.pop()) {
      if (timer.cleared) continue;
      if (timer.due > untilMs)
        throw new SluiceError('endless', `After ${untilMs} ms of virtual time there was still something to do.`);
      this.time = timer.due;
      if (timer.period !== undefined) {
        timer.due += timer.period;
        timer.order = this.order++;
        this.push(timer);
      }
      timer.handler();
    }
  }

  private push(timer: Timer): void {
    const { heap } = this;
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

  private pop(): Timer | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (!left) break;
      if (right && before(right, left)) below++;
      const child = heap[below];
      if (!child || before(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return top;
  }
}

const before = (one: Timer, other: Timer) => one.due < other.due || (one.due === other.due && one.order < other.order);
