import type { AgentEvent, Message } from '../../operators/events.ts';

/** The outcome of a simulated call. All times are ms from its start. */
export interface Result {
  /** Every event, in order. */
  readonly events: readonly AgentEvent[];
  /** The conversation as it was heard, without the prompt and the messages it started from. */
  readonly history: readonly Message[];
  readonly requests: readonly Request[];
  /** Each sentence sent to speech, also those of dropped drafts. */
  readonly said: readonly Said[];
  readonly heard: readonly AudibleSpan[];
  /** The rules that the call has broken. Empty for a call that went well. */
  readonly violations: readonly Violation[];
}

/** A request to the model and its outcome. */
export interface Request {
  readonly at: number;
  readonly messages: readonly Message[];
  /** Whether a draft sent it. */
  readonly draft: boolean;
  /** How many tokens the model wrote. */
  readonly tokens: number;
  /** When the agent aborted it. */
  readonly abortedAt?: number;
  /** When the model stopped: it had finished, had failed or was aborted. */
  readonly endedAt?: number;
}

export interface Said {
  readonly at: number;
  readonly reply: number;
  readonly text: string;
}

/** The time between a start and a pause or end of a reply's sound, and the words heard in it. */
export interface AudibleSpan {
  readonly reply: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The rules that every call must keep, and when a call breaks them. */
export const ruleMeanings = {
  unsettled: 'something was heard, or a reply started, before its turn had ended and was taken',
  late: 'a draft or a reply had events after its end, or the call after it was hung up',
  two: 'two drafts, two replies or two voices were active at once',
  draft: 'a draft started without an `EagerEndOfTurn` that still held',
  resumed: 'a draft was still alive after its turn resumed or another turn started',
  wasted: 'a draft was not used although its turn ended with the same words',
  words: 'a draft was used although its turn ended with other words',
  unanswered: 'a turn with words was neither answered nor ignored with a reason, or its reply was cancelled and none followed',
  twice: 'a turn was answered twice',
  unended: 'a reply started and never ended',
  unsaid: 'the agent was given something to say that was neither heard nor dismissed',
  latency: 'the times in a `Latency` were not those of the events',
  cut: 'a reply was interrupted against the policy, or although it was protected',
  uncut: 'a reply went on although the policy let the turn interrupt it',
  'resumed-closing': 'paused speech resumed while the call was closing',
  heard:
    'the text reported as heard was no beginning of the reply in whole words, was more than had sounded, or less than before',
  history: 'the model was sent other words than were said and heard',
  order: 'ids, times or turns were out of order',
  early: "the call ended before the caller's audio",
  unfinished: 'the call was still open at `untilMs`, or time stood still',
  threw: 'the call failed with an error that no `Failure` had reported',
  alive: 'a request, a subscription or a timer was still active after the end of the call',
} as const;

export type RuleName = keyof typeof ruleMeanings;
export const ruleNames = Object.keys(ruleMeanings) as readonly RuleName[];

/** A broken rule (docs/testing.md lists them). `events`: the ids of the events that show it. */
export interface Violation {
  readonly rule: RuleName;
  readonly at: number;
  readonly message: string;
  readonly events: readonly number[];
}
