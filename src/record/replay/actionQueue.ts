import { asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import type { ReplayScheduler } from './replayScheduler.ts';

/** Something that a service does. */
export interface Action<T> {
  /** When it is due, on the RxJS clock. It may change; then call `runDue`. */
  readonly due: number;
  /** Its line in the recording: of several actions due in one millisecond the earliest line comes first. */
  readonly place: number;
  readonly run: (out: Subscriber<T>) => void;
}

/** The actions of one service, run in order, with one timer at a time. */
export class ActionQueue<T> {
  readonly #scheduler: ReplayScheduler;
  readonly #out: Subscriber<T>;
  #actions: Action<T>[] = [];
  #timer: { readonly action: Action<T>; readonly due: number; readonly subscription: Subscription } | undefined;

  constructor(scheduler: ReplayScheduler, out: Subscriber<T>) {
    this.#scheduler = scheduler;
    this.#out = out;
    scheduler.add(this);
    out.add(() => {
      this.keep(() => false);
      scheduler.remove(this);
    });
  }

  get head(): Action<T> | undefined {
    return this.#actions[0];
  }

  get isReady(): boolean {
    const { head } = this;
    return head !== undefined && head.due <= asyncScheduler.now() && !this.#scheduler.mustWait(head.place);
  }

  add(actions: readonly Action<T>[]): void {
    this.#actions.push(...actions);
    this.setTimer();
  }

  /** Drops the other actions. */
  keep(isKept: (action: Action<T>) => boolean): void {
    this.#actions = this.#actions.filter(isKept);
    this.setTimer();
  }

  /** Runs now what is due now. */
  runDue(): void {
    this.#scheduler.run(this);
  }

  runHead(): void {
    this.#actions.shift()?.run(this.#out);
    this.setTimer();
  }

  setTimer(): void {
    const { head } = this;
    if (head && this.#timer?.action === head && this.#timer.due === head.due) return; // it keeps its place among other timers
    this.#timer?.subscription.unsubscribe();
    this.#timer = undefined;
    if (!head || head.due === Infinity) return;
    const subscription = asyncScheduler.schedule(() => this.runDue(), Math.max(0, head.due - asyncScheduler.now()));
    this.#timer = { action: head, due: head.due, subscription };
  }
}
