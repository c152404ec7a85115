import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { asyncScheduler, Observable, type Subscription } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import { mixedCall } from './mixedCall.ts';

// Run as a process of its own: plays a long call twice, and prints what was alive and in memory on the way.

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What a call came to, printed as JSON. */
export interface LongCall {
  /** Subscriptions to any observable that are alive, and what is scheduled, before the stretches looked at. */
  readonly subscriptions: readonly number[];
  readonly scheduled: readonly number[];
  /** Bytes in use after a collection, and the messages that the agent remembers, at the same moments. */
  readonly heap: readonly number[];
  readonly messages: readonly number[];
  /** How many events of each type. */
  readonly events: Readonly<Record<string, number>>;
}

/** Stretches to look before: after 16 turns, when everything has happened once, after 96 and after 1008. */
const looks = [10, 60, 630];
const stretches = 640;

type Subscribes = (...args: unknown[]) => Subscription;

/** Lets a method that subscribes or schedules count what of it is alive. `restore` makes it what it was. */
function counting(owner: object, method: string): { readonly alive: () => number; readonly restore: () => void } {
  const methods = owner as Record<string, Subscribes>;
  const original = methods[method] as Subscribes;
  let alive = 0;
  methods[method] = function (this: unknown, ...args) {
    const subscription = original.apply(this, args);
    alive++;
    subscription.add(() => alive--);
    return subscription;
  };
  return { alive: () => alive, restore: () => void (methods[method] = original) };
}

function aliveAndEvents(): Pick<LongCall, 'subscriptions' | 'scheduled' | 'events'> {
  const subscribed = counting(Observable.prototype, 'subscribe');
  const timers = counting(asyncScheduler, 'schedule');
  const events: Record<string, number> = {};
  const subscriptions: number[] = [];
  const scheduled: number[] = [];
  const see = (event: AgentEvent) => {
    const kind = `${event.type}${'reason' in event ? ` ${event.reason}` : ''}`;
    events[kind] = (events[kind] ?? 0) + 1;
  };
  mixedCall(stretches, see, looks, () => {
    subscriptions.push(subscribed.alive());
    scheduled.push(timers.alive());
  });
  subscribed.restore();
  timers.restore();
  return { subscriptions, scheduled, events };
}

function memory(): Pick<LongCall, 'heap' | 'messages'> {
  const heap: number[] = [];
  const messages: number[] = [];
  let said = 0;
  const see = (event: AgentEvent) => {
    if (event.type === 'TurnTaken' || (event.type === 'ReplyEnded' && event.heard !== '')) said++;
  };
  mixedCall(stretches, see, looks, () => {
    collect();
    heap.push(process.memoryUsage().heapUsed);
    messages.push(said);
  });
  return { heap, messages };
}

// What is loaded and compiled on the way is there before memory is measured.
console.log(JSON.stringify({ ...aliveAndEvents(), ...memory() } satisfies LongCall));
