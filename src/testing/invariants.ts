import { concat, concatMap, defer, type OperatorFunction } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import { CallSettings, type CallSettingsConfig } from './callSettings.ts';
import type { Violation } from './result.ts';
import type { Report } from './rules/callRule.ts';
import { draftRules } from './rules/draftRules.ts';
import { eventOrder } from './rules/eventOrder.ts';
import { heardText } from './rules/heardText.ts';
import { interruptions } from './rules/interruptions.ts';
import { latencyMoments } from './rules/latencyMoments.ts';
import { lifetimes } from './rules/lifetimes.ts';
import { turnAnswers } from './rules/turnAnswers.ts';

const rules = [eventOrder, lifetimes, draftRules, turnAnswers, heardText, latencyMoments, interruptions];

/**
 * Checks the events of a call against the rules that every call must keep, and emits a `Violation` for each broken one.
 *
 *     events     -s-e-D-r-----t-|       D: DraftStarted, r: TurnResumed, t: a token of that draft
 *     result     -------------v-|       v: 'resumed', the draft is still alive after TurnResumed
 *
 * It works on a running, a simulated and a recorded call. `settings` are the options and controls of the call and the end of its
 * audio; without them the rules assume the defaults.
 */
export function invariants(settings: CallSettingsConfig = {}): OperatorFunction<AgentEvent, Violation> {
  return (events) =>
    defer(() => {
      const checker = new InvariantChecker(settings);
      const found = events.pipe(concatMap((event) => checker.next(event)));
      return concat(
        found,
        defer(() => checker.end()),
      );
    });
}

/** `invariants`, event by event. */
export class InvariantChecker {
  #at = 0;
  #closed = false;
  #found: Violation[] = [];
  readonly #states;

  constructor(settings: CallSettingsConfig) {
    const report: Report = (rule, message, ...events) => void this.#found.push({ rule, at: this.#at, message, events });
    const known = new CallSettings(settings);
    this.#states = rules.map((rule) => rule(report, known));
  }

  next(event: AgentEvent): readonly Violation[] {
    this.#at = event.at;
    for (const state of this.#states) state.onEvent(event);
    if (event.type === 'Closed') this.#closed = true;
    return this.#take();
  }

  /** After the last event. Drafts, turns and replies that are still open count only if the call closed. */
  end(): readonly Violation[] {
    if (this.#closed) for (const state of this.#states) state.onClosed?.();
    return this.#take();
  }

  #take(): readonly Violation[] {
    if (this.#found.length === 0) return none;
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

const none: readonly Violation[] = [];
