import { concat, concatMap, defer, from, type OperatorFunction } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import type { RuleName, Violation } from './result.ts';
import { answers } from './rules/answered.ts';
import { floor } from './rules/interruptions.ts';
import { heard } from './rules/heardText.ts';
import { lives } from './rules/lifetimes.ts';
import { moments } from './rules/latencyMoments.ts';
import { order } from './rules/eventOrder.ts';
import { speculation } from './rules/draftRules.ts';
import { CallSettings, type CallSettingsConfig } from './callSettings.ts';

const rules = [order, lives, speculation, answers, heard, moments, floor];

/**
 * Holds the events of a call against what must be true of every call, and says what is not; of a call that went well, nothing.
 *
 *     events     -s-e-D-r-----t-|       D: DraftStarted, r: TurnResumed, t: a token of that draft
 *     result     -------------v-|       v: resumed, the draft lives on after its turn did
 *
 * It works on a running call, on a simulated one and on one that was recorded. What it was told (options, controls, the end of
 * the audio) sharpens the rules about who may cut whom; without it the defaults are taken to hold. The names of the rules are
 * those of `Violation`.
 */
export function invariants(told: CallSettingsConfig = {}): OperatorFunction<AgentEvent, Violation> {
  return (events) =>
    defer(() => {
      const watcher = new InvariantChecker(told);
      return concat(
        events.pipe(concatMap((event) => from(watcher.see(event)))),
        defer(() => from(watcher.end())),
      );
    });
}

/** `invariants` event by event. */
export class InvariantChecker {
  #at = 0;
  #closed = false;
  #found: Violation[] = [];
  readonly #watches;

  constructor(told: CallSettingsConfig) {
    const known = new CallSettings(told);
    const tell = (rule: RuleName, message: string, ...events: readonly number[]) => {
      this.#found.push({ rule, at: this.#at, message, events });
    };
    this.#watches = rules.map((rule) => rule(tell, known));
  }

  see(event: AgentEvent): readonly Violation[] {
    this.#at = event.at;
    for (const watch of this.#watches) watch.see(event);
    if (event.type === 'Closed') this.#closed = true;
    return this.#take();
  }

  /** Nothing more comes. What is left open counts only if the call had closed. */
  end(): readonly Violation[] {
    if (this.#closed) for (const watch of this.#watches) watch.closed?.();
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
