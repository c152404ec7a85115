import type { Observable, OperatorFunction } from 'rxjs';
import type {
  Cue,
  ListenEvent,
  ListenInput,
  Message,
  PlaybackEvent,
  Speak,
  Speech,
  Thought,
  TurnEvent,
} from '../operators/events.ts';

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

export interface AgentOptions {
  /**
   * How far a draft may go before its turn is sure. `'off'`: no drafts. `'text'`: its sentences wait. `'speech'` (default): its first
   * sentence is spoken, and the sound waits. Drafts come only if the recogniser sends `EagerEndOfTurn` (`eagerEotThreshold`).
   */
  readonly eager?: 'off' | 'text' | 'speech';
  /** A draft's longest wait for the end of its turn, in ms. Default 6000. */
  readonly draftTimeoutMs?: number;
  /** The prompt. Default: "You are a helpful voice assistant. Answer in one or two short spoken sentences." `''` sends none. */
  readonly system?: string;
  /** The conversation to start from. Default none. */
  readonly messages?: readonly Message[];
  /** What of the conversation is sent to the model, prompt included: for trimming. Default: all of it. */
  readonly context?: (messages: readonly Message[]) => readonly Message[];
  /** Said when the model fails for good. Default: "I heard you say: …"; `''` says nothing. */
  readonly fallbackLine?: string | ((turn: TurnEvent) => string);
  /** Longest wait for the model's first token, in ms. Default 5000. */
  readonly firstTokenMs?: number;
  /** Longest wait for the next token, in ms. Default 5000. */
  readonly tokenGapMs?: number;
  /** Longest wait for sound, in ms, once the turn is sure and there is something to say. Default 15000. */
  readonly firstAudioMs?: number;
}

/** The defaults, those of Deepgram's guide where it names one. */
export const agentDefaults = {
  eager: 'speech',
  draftTimeoutMs: 6000,
  system: 'You are a helpful voice assistant. Answer in one or two short spoken sentences.',
  messages: [],
  context: (messages: readonly Message[]) => messages,
  fallbackLine: (turn: TurnEvent) => `I heard you say: ${turn.transcript}`,
  firstTokenMs: 5000,
  tokenGapMs: 5000,
  firstAudioMs: 15_000,
} as const satisfies Required<AgentOptions>;
