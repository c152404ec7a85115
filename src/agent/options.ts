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

/** The four stages of a pipeline. Each is a plain function; any of them may be your own. */
export interface Stages {
  /** Audio in, turn events out. It completes when the service has sent everything after the end of the audio. */
  readonly listen: OperatorFunction<ListenInput, ListenEvent>;
  /** A cold observable: subscribing sends the request, unsubscribing aborts it at once. */
  readonly think: (messages: readonly Message[]) => Observable<Thought>;
  /**
   * Text in, audio out. An observable is a resource: it is subscribed at the start of the call and unsubscribed at its end, and
   * the latest voice that it emitted speaks the next reply.
   */
  readonly speak: Speak | Observable<Speak>;
  /** The only stage that knows what was heard. Its last value is `Ended`; on a `cut` it emits that in the same tick. */
  readonly play: (cues: Observable<Cue>) => OperatorFunction<Speech, PlaybackEvent>;
}

/** The operators of the turns; any of them may be your own. */
export interface TurnOperators {
  readonly orderly: typeof orderly;
  readonly bargeIn: typeof bargeIn;
  readonly drafts: typeof drafts;
  readonly replyMap: typeof replyMap;
}

export interface AgentOptions {
  /**
   * How far a draft may go before its turn ends. `'off'`: no drafts. `'text'`: its sentences wait. `'speech'` (default): its first
   * sentence goes to the voice, and the audio waits. There are drafts only if the recogniser sends `EagerEndOfTurn`
   * (`eagerEotThreshold`).
   */
  readonly eager?: 'off' | 'text' | 'speech';
  /** The longest time a draft waits for the end of its turn, in ms. Default 6000. */
  readonly draftTimeoutMs?: number;
  /** The most drafts in one turn. Default 8. */
  readonly maxDrafts?: number;
  /** A turn that has lasted longer than this since its `StartOfTurn` gets no draft, in ms. Default 30000. */
  readonly maxDraftedTurnMs?: number;
  /** When a turn may cut audible speech; `false`: never. Default `{}`: at its `StartOfTurn`. */
  readonly bargeIn?: BargeInPolicy | false;
  /** The prompt. Default: "You are a helpful voice assistant. Answer in one or two short spoken sentences." `''`: none. */
  readonly system?: string;
  /** The conversation so far. Default none. */
  readonly messages?: readonly Message[];
  /** Shapes the messages that are sent to the model, prompt included, for example trims them. Default: all of them. */
  readonly context?: (messages: readonly Message[]) => readonly Message[];
  /** Spoken first. Default none. */
  readonly greeting?: string | { readonly text: string; readonly protect?: boolean } | undefined;
  /** Spoken when the model has failed for good. Default: "I heard you say: …"; `''`: nothing. */
  readonly fallbackLine?: string | ((turn: TurnEvent) => string);
  /** The longest wait for the model's first token, in ms. Default 5000. */
  readonly firstTokenMs?: number;
  /** The longest wait for each next token, in ms. Default 5000. */
  readonly tokenGapMs?: number;
  /** The longest wait for audio, in ms, counted from the latest sentence that the voice received for a final turn. Default 15000. */
  readonly firstAudioMs?: number;
  /** Emits `Idle` when the caller is silent for this long after a reply that was heard to its end, in ms. Default: never. */
  readonly idleMs?: number | undefined;
  /** Ignores a turn that repeats the words being spoken: the agent's own voice. Default false. */
  readonly echoGuard?: boolean;
}

/** A command to a running call. */
export type Control =
  /** Say this after the current reply and the turn in progress. */
  | { readonly say: string; readonly protect?: boolean }
  /** Stop the current reply. */
  | { readonly interrupt: true }
  /** A typed turn of the caller; it cuts unprotected speech at once. */
  | { readonly text: string }
  /** End the turn in progress with its words so far. */
  | { readonly forceEndTurn: true }
  /** Change the recogniser's settings. */
  | { readonly configure: Omit<Configure, 'type'> }
  /** Change options, from the next decision on. */
  | { readonly set: Omit<AgentOptions, 'greeting' | 'messages'> }
  /** Close the call as if the audio had ended. */
  | { readonly close: true }
  /** End the call at once. History keeps what was heard. */
  | { readonly hangUp: true };

/** The default options. They are those of Deepgram's guide where it names one. */
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

/** All options, with defaults for those that are missing or `undefined`. */
export function withDefaults(options: AgentOptions): Required<AgentOptions> {
  return { ...agentDefaults, ...given(options) };
}

/** The options after a `set` control; `undefined` restores the default. */
export function changed(options: Required<AgentOptions>, set: AgentOptions): Required<AgentOptions> {
  const unset = Object.keys(set).filter((name) => set[name as keyof AgentOptions] === undefined);
  const defaults = Object.entries(agentDefaults).filter(([name]) => unset.includes(name));
  return { ...options, ...given(set), ...Object.fromEntries(defaults) };
}

const given = (options: AgentOptions): AgentOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
