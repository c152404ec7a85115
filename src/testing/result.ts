import type { AgentEvent, Message } from '../../operators/events.ts';

/** What a simulated call came to. All times are ms from its start. */
export interface Result {
  /** Everything that happened, in order. */
  readonly events: readonly AgentEvent[];
  /** The conversation as it was heard, without the prompt and the messages it started from. */
  readonly history: readonly Message[];
  readonly requests: readonly Request[];
  /** Each sentence handed to speech, also those of drafts that were dropped. */
  readonly said: readonly Said[];
  readonly heard: readonly AudibleSpan[];
  /** What must never be, and was. Empty for a call that went well. */
  readonly violations: readonly Violation[];
}

/** A request to the model, and what became of it. */
export interface Request {
  readonly at: number;
  readonly messages: readonly Message[];
  /** It began as a draft. */
  readonly draft: boolean;
  /** How many the model wrote. */
  readonly tokens: number;
  /** When nobody wanted its answer any more. */
  readonly abortedAt?: number;
  /** When the model stopped, of itself or because it was told to. */
  readonly endedAt?: number;
}

export interface Said {
  readonly at: number;
  readonly reply: number;
  readonly text: string;
}

/** A stretch of time in which a reply sounded, between its start, its pauses and its end, and the words heard in it. */
export interface AudibleSpan {
  readonly reply: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The rules that every call must keep; `Violation` says when they are broken. */
export const ruleNames = [
  'unsettled',
  'late',
  'two',
  'draft',
  'resumed',
  'wasted',
  'words',
  'unanswered',
  'twice',
  'unended',
  'unsaid',
  'latency',
  'cut',
  'uncut',
  'resumed-closing',
  'heard',
  'history',
  'order',
  'early',
  'unfinished',
  'threw',
  'alive',
] as const;

export type RuleName = (typeof ruleNames)[number];

/**
 * A rule that was broken. `events`: the ids of the events that show it.
 *
 * - `unsettled`: something was heard, or a reply begun, before its turn was over and taken.
 * - `late`: something came of a draft or a reply that was over.
 * - `two`: two drafts, two replies or two voices at once.
 * - `draft`, `resumed`, `wasted`, `words`: a draft of nothing, one that outlived its turn, one not used though it fitted, one used
 *   though it did not.
 * - `unanswered`, `twice`, `unended`, `unsaid`: a turn without an answer or with two, a reply without an end, a `say` that was
 *   neither heard nor dismissed.
 * - `latency`: the moments of a reply are not those of its events.
 * - `cut`, `uncut`, `resumed-closing`: who may cut whom was not kept to.
 * - `heard`, `history`: what is said to be heard, or is told the model, was not what was heard.
 * - `order`: events out of order, or turns that overlap.
 * - `early`: the call ended before the caller did.
 * - `unfinished`: at `untilMs` the call was still open, or time stood still.
 * - `threw`: the call ended with an error of which no `Failure` had told.
 * - `alive`: a request, a subscription or a timer went on after the end of the call.
 */
export interface Violation {
  readonly rule: RuleName;
  readonly at: number;
  readonly message: string;
  readonly events: readonly number[];
}
