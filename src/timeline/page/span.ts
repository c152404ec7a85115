import type { AgentEvent } from '../../../operators/events.ts';

/** The event of a type. */
export type Of<T extends AgentEvent['type']> = Extract<AgentEvent, { readonly type: T }>;

/** An interval on the clock of the call, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Words, and when they were spoken. */
export interface SpokenWords extends Span {
  readonly text: string;
}
