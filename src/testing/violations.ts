import type { AgentEvent } from '../../operators/events.ts';
import type { Violation } from './result.ts';
import type { VirtualEnd } from './virtualTime.ts';

/** How a call came to its end. */
export interface Ending {
  /** How it ended by itself, if it did. */
  readonly end: { readonly error?: unknown } | undefined;
  readonly clock: VirtualEnd;
  /** Requests that nobody had aborted when it was over. */
  readonly live: number;
  /** A scenario's model went on writing after an abort, so that its timers say nothing. */
  readonly lags: boolean;
}

/** What must not be at the end of a call. */
export function violations(events: readonly AgentEvent[], { end, clock, live, lags }: Ending): readonly Violation[] {
  const { at } = clock;
  const last = events.at(-1);
  const shown = last ? [last.id] : [];
  const found = (rule: string, message: string): Violation => ({ rule, at, message, events: shown });
  const list: Violation[] = [];

  if (!end) list.push(found('unfinished', unfinished[clock.why]));
  if (end && 'error' in end && !toldOf(events)) list.push(found('threw', `The call threw: ${String(end.error)}`));
  if (live > 0) list.push(found('alive', `${counted(live, 'request')} to the model went on after the end of the call.`));
  if (clock.timersLeft > 0 && !lags)
    list.push(found('alive', `${counted(clock.timersLeft, 'timer')} went on after the end of the call.`));
  return list;
}

const unfinished: Readonly<Record<VirtualEnd['why'], string>> = {
  over: '',
  idle: 'The call did not end, and nothing was left that could end it.',
  late: 'The call was still open when its time was up.',
  still: 'The call did not end: time stood still, with timers of 0 ms one after another.',
};

/** An error of which the call has told is one of its ends. */
const toldOf = (events: readonly AgentEvent[]) => events.some((event) => event.type === 'Failure' && !event.recovered);

const counted = (number: number, one: string) => `${number} ${number === 1 ? one : `${one}s`}`;
