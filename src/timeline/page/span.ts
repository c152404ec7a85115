import type { AgentEvent } from '../../../operators/events.ts';

export type Of<T extends AgentEvent['type']> = Extract<AgentEvent, { readonly type: T }>;

/** What lasts: from its first moment to its last, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Words with their time on the clock of the call. */
export interface Said extends Span {
  readonly text: string;
}
