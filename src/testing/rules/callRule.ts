import type { AgentEvent } from '../../../operators/events.ts';
import type { RuleName } from '../result.ts';
import type { CallSettings } from '../callSettings.ts';

/** Says that a rule is broken: its name, how, and the ids of earlier events that belong to it. */
export type Tell = (rule: RuleName, message: string, ...events: readonly number[]) => void;

/** Watches the events of one call for what must never be. */
export interface Watch {
  readonly see: (event: AgentEvent) => void;
  /** The call has closed. */
  readonly closed?: () => void;
}

export type Rule = (tell: Tell, told: CallSettings) => Watch;
