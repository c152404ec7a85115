import type { Observable, OperatorFunction } from 'rxjs';
import type { bargeIn } from '../../operators/turns/bargeIn.ts';
import type { drafts } from '../../operators/turns/drafts.ts';
import type {
  Configure,
  Cue,
  ListenEvent,
  ListenInput,
  Message,
  PlaybackEvent,
  Speak,
  Speech,
  Thought,
  TurnEvent,
} from '../../operators/events.ts';

import type { orderly } from '../../operators/turns/orderly.ts';
import type { BargeInPolicy } from '../../operators/turns/policy.ts';
import type { replyMap } from '../../operators/turns/replyMap.ts';

/** The four places where a call meets the world. Each is a plain function: any of them may be yours. */
export interface Stages {
  /** Audio in, turns out; completes when all is said after the audio has ended. */
  readonly listen: OperatorFunction<ListenInput, ListenEvent>;
  /** Cold: subscribing sends the request, unsubscribing aborts it at once. */
  readonly think: (messages: readonly Message[]) => Observable<Thought>;
  /**
   * Text in, audio out. As an observable it is a resource: opened at the start of the call, closed at its end, and what it
   * emits last is the voice of the next reply.
   */
  readonly speak: Speak | Observable<Speak>;
  /** The only place that knows what was heard. Its last value is `Ended`, in the same tick when told to `cut`. */
  readonly play: (cues: Observable<Cue>) => OperatorFunction<Speech, PlaybackEvent>;
}

/** The operators that take the turns: any of them may be yours. */
export interface TurnOperators {
  readonly orderly: typeof orderly;
  readonly bargeIn: typeof bargeIn;
  readonly drafts: typeof drafts;
  readonly replyMap: typeof replyMap;
}

export interface AgentOptions {
  /**
   * How far a draft may go before its turn is sure. `'off'`: no drafts. `'text'`: its sentences wait. `'speech'` (default): its first
   * sentence is spoken, and the sound waits. Drafts come only if the recogniser sends `EagerEndOfTurn` (`eagerEotThreshold`).
   */
  readonly eager?: 'off' | 'text' | 'speech';
  /** A draft's longest wait for the end of its turn, in ms. Default 6000. */
  readonly draftTimeoutMs?: number;
  /** Drafts in one turn, at the most. Default 8. */
  readonly maxDrafts?: number;
  /** No draft in a turn that has lasted longer than this since its `StartOfTurn`. Default 30000. */
  readonly maxDraftedTurnMs?: number;
  /** When a turn may cut the agent off; `false`: never. Default `{}`: as soon as it starts. */
  readonly bargeIn?: BargeInPolicy | false;
  /** The prompt. Default: "You are a helpful voice assistant. Answer in one or two short spoken sentences." `''` sends none. */
  readonly system?: string;
  /** The conversation to start from. Default none. */
  readonly messages?: readonly Message[];
  /** What of the conversation is sent to the model, prompt included: for trimming. Default: all of it. */
  readonly context?: (messages: readonly Message[]) => readonly Message[];
  /** Said first. Default none. */
  readonly greeting?: string | { readonly text: string; readonly protect?: boolean } | undefined;
  /** Said when the model fails for good. Default: "I heard you say: …"; `''` says nothing. */
  readonly fallbackLine?: string | ((turn: TurnEvent) => string);
  /** Longest wait for the model's first token, in ms. Default 5000. */
  readonly firstTokenMs?: number;
  /** Longest wait for the next token, in ms. Default 5000. */
  readonly tokenGapMs?: number;
  /** Longest wait for sound, in ms, once the turn is sure and there is something to say. Default 15000. */
  readonly firstAudioMs?: number;
  /** `Idle` when the caller says nothing for so long after a reply that was heard out, in ms. Default: never. */
  readonly idleMs?: number | undefined;
  /** Ignore a turn made of the words that are being spoken: the agent's own voice coming back. Default false. */
  readonly echoGuard?: boolean;
}

/** What can be told to a call that is running. */
export type Control =
  /** Say this, after the reply and the turn in progress. */
  | { readonly say: string; readonly protect?: boolean }
  /** Stop the reply of the moment. */
  | { readonly interrupt: true }
  /** The caller typed this: a turn of its own, which cuts at once what is not protected. */
  | { readonly text: string }
  /** End the turn in progress on what was said so far. */
  | { readonly forceEndTurn: true }
  /** Change the recogniser's settings. */
  | { readonly configure: Omit<Configure, 'type'> }
  /** Change options, from the next decision on. */
  | { readonly set: Omit<AgentOptions, 'greeting' | 'messages'> }
  /** As if the audio had ended. */
  | { readonly close: true }
  /** End at once; what was heard is remembered. */
  | { readonly hangUp: true };

/** The defaults, those of Deepgram's guide where it names one. */
export const agentDefaults = {
  eager: 'speech',
  draftTimeoutMs: 6000,
  maxDrafts: 8,
  maxDraftedTurnMs: 30_000,
  bargeIn: {},
  system: 'You are a helpful voice assistant. Answer in one or two short spoken sentences.',
  messages: [],
  context: (messages: readonly Message[]) => messages,
  fallbackLine: (turn: TurnEvent) => `I heard you say: ${turn.transcript}`,
  firstTokenMs: 5000,
  tokenGapMs: 5000,
  firstAudioMs: 15_000,
  greeting: undefined,
  idleMs: undefined,
  echoGuard: false,
} as const satisfies Required<AgentOptions>;

/** All options; those that are not given, or `undefined`, have their defaults. */
export function withDefaults(options: AgentOptions): Required<AgentOptions> {
  return { ...agentDefaults, ...given(options) };
}

/** The options in force after others were set; `undefined` sets the default again. */
export function changed(options: Required<AgentOptions>, set: AgentOptions): Required<AgentOptions> {
  const unset = Object.keys(set).filter((name) => set[name as keyof AgentOptions] === undefined);
  const defaults = Object.entries(agentDefaults).filter(([name]) => unset.includes(name));
  return { ...options, ...given(set), ...Object.fromEntries(defaults) };
}

const given = (options: AgentOptions): AgentOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
