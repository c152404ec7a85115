import type { AgentEvent } from '../../operators/events.ts';
import { CallSettings, type CallSettingsConfig } from './callSettings.ts';
import { InvariantChecker } from './invariants.ts';
import type { Request, RuleName, Violation } from './result.ts';
import { modelRequests } from './rules/modelRequests.ts';
import { stageTraffic } from './rules/stageTraffic.ts';
import type { VirtualEnd } from './runInVirtualTime.ts';
import type { StageProbe } from './stageProbe.ts';

/** How a call ended. */
interface CallEnd {
  /** How the agent's observable ended, if it did. */
  readonly end: { readonly error?: unknown } | undefined;
  readonly clock: VirtualEnd;
  /** The subscriptions to stages and the requests that were still alive afterwards. */
  readonly subscriptions: number;
  readonly requests: number;
  /** A scripted model went on writing after an abort, so its timers mean nothing. */
  readonly lags: boolean;
}

/** Everything by which a finished call is checked. */
interface FinishedCall extends CallEnd {
  readonly events: readonly AgentEvent[];
  readonly requested: readonly Request[];
  readonly probe: StageProbe;
  readonly settings: CallSettingsConfig;
}

/** Every rule that a finished call has broken. */
export function violations({ events, requested, probe, settings, ...ending }: FinishedCall): readonly Violation[] {
  const known = new CallSettings(settings);
  const { turns, replies } = probe;
  const { end, clock } = ending;
  const completed = end && !('error' in end);
  const checker = new InvariantChecker(settings);
  return [
    ...events.flatMap((event) => checker.next(event)),
    ...checker.end(),
    ...(completed && !events.some(isPlayFailure)
      ? stageTraffic({ turns, replies, requests: requested, endedAt: clock.at, hasEvents: events.length > 0 }, known)
      : []),
    ...(completed ? modelRequests(events, requested, known) : []),
    ...atTheEnd(events, ending),
  ];
}

function atTheEnd(events: readonly AgentEvent[], { end, clock, subscriptions, requests, lags }: CallEnd): readonly Violation[] {
  const last = events.at(-1);
  const list: Violation[] = [];
  const report = (rule: RuleName, message: string) => list.push({ rule, at: clock.at, message, events: last ? [last.id] : [] });
  const reportAlive = (count: number, one: string, many: string) => {
    if (count > 0) report('alive', `Still active after the end of the call: ${count} ${count === 1 ? one : many}.`);
  };

  if (!end) report('unfinished', unfinished[clock.why]);
  if (end && 'error' in end && !events.some(isFatal))
    report('threw', `The call failed with an error that it had not reported: ${String(end.error)}`);
  reportAlive(requests, 'request to the model', 'requests to the model');
  reportAlive(subscriptions, 'subscription', 'subscriptions');
  reportAlive(lags ? 0 : clock.timersLeft, 'timer', 'timers');
  return list;
}

const unfinished: Readonly<Record<VirtualEnd['why'], string>> = {
  over: '',
  idle: 'The call did not end, and no timer was left that could end it.',
  late: 'The call was still open at its time limit.',
  still: 'The call did not end: timers of 0 ms followed one another without end.',
};

const isPlayFailure = (event: AgentEvent) => event.type === 'Failure' && event.stage === 'play';

/** A call may end with an error that it has reported. */
const isFatal = (event: AgentEvent) => event.type === 'Failure' && !event.recovered;
