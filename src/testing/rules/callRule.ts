import type { AgentEvent } from '../../../operators/events.ts';
import type { CallSettings } from '../callSettings.ts';
import type { RuleName } from '../result.ts';

/** Reports a violation: the rule, what happened, and the ids of the events that show it. */
export type Report = (rule: RuleName, message: string, ...events: readonly number[]) => void;

/** Checks the events of one call as they happen. */
export interface RuleState {
  readonly onEvent: (event: AgentEvent) => void;
  /** After the last event of a call that closed. */
  readonly onClosed?: () => void;
}

export type CallRule = (report: Report, settings: CallSettings) => RuleState;
