import type { AgentEvent } from '../../operators/events.ts';
import { InvariantChecker } from './invariants.ts';
import type { Request, RuleName, Violation } from './result.ts';
import { asked } from './rules/modelRequests.ts';
import { seen } from './rules/stageTraffic.ts';
import { CallSettings, type CallSettingsConfig } from './callSettings.ts';
import type { StageProbe } from './stageProbe.ts';
import type { VirtualEnd } from './runInVirtualTime.ts';

/** How a call came to its end. */
export interface CallEnd {
  /** How it ended by itself, if it did. */
  readonly end: { readonly error?: unknown } | undefined;
  readonly clock: VirtualEnd;
  /** Subscriptions of stages and requests that were alive when it was over. */
  readonly subscriptions: number;
  readonly requests: number;
  /** A scenario's model went on writing after an abort, so that its timers say nothing. */
  readonly lags: boolean;
}

/** What a call left behind to be judged by. */
export interface FinishedCall extends CallEnd {
  readonly events: readonly AgentEvent[];
  readonly requested: readonly Request[];
  readonly probe: StageProbe;
  readonly told: CallSettingsConfig;
}

/** What must not be, and was. */
export function violations({ events, requested, probe, told, ...ending }: FinishedCall): readonly Violation[] {
  const known = new CallSettings(told);
  const { turns, sounds } = probe;
  return [
    ...watched(events, told),
    ...(ending.end && !('error' in ending.end) && !events.some(isBroken)
      ? seen({ turns, sounds, requests: requested, endedAt: ending.clock.at, tells: events.length > 0 }, known)
      : []),
    ...(ending.end && !('error' in ending.end) ? asked(events, requested, known) : []),
    ...ended(events, ending),
  ];
}

function watched(events: readonly AgentEvent[], told: CallSettingsConfig): readonly Violation[] {
  const watcher = new InvariantChecker(told);
  const found: Violation[] = [];
  for (const event of events) found.push(...watcher.see(event));
  found.push(...watcher.end());
  return found;
}

function ended(events: readonly AgentEvent[], { end, clock, subscriptions, requests, lags }: CallEnd): readonly Violation[] {
  const { at } = clock;
  const last = events.at(-1);
  const shown = last ? [last.id] : [];
  const list: Violation[] = [];
  const tell = (rule: RuleName, message: string) => list.push({ rule, at, message, events: shown });
  const alive = (number: number, one: string) => {
    if (number > 0) tell('alive', `${counted(number, one)} went on after the end of the call.`);
  };

  if (!end) tell('unfinished', unfinished[clock.why]);
  if (end && 'error' in end && !toldOf(events)) tell('threw', `The call threw: ${String(end.error)}`);
  alive(requests, 'request to the model');
  alive(subscriptions, 'subscription');
  alive(lags ? 0 : clock.timersLeft, 'timer');
  return list;
}

const unfinished: Readonly<Record<VirtualEnd['why'], string>> = {
  over: '',
  idle: 'The call did not end, and nothing was left that could end it.',
  late: 'The call was still open when its time was up.',
  still: 'The call did not end: time stood still, with timers of 0 ms one after another.',
};

const isBroken = (event: AgentEvent) => event.type === 'Failure' && event.stage === 'play';

/** An error of which the call has told is one of its ends. */
const toldOf = (events: readonly AgentEvent[]) => events.some((event) => event.type === 'Failure' && !event.recovered);

const counted = (number: number, one: string) => `${number} ${number === 1 ? one : one.replace(/^\w+/u, '$&s')}`;
