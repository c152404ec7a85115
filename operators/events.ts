/**
 * The vocabulary: every value that flows through a pipeline, as types. No code.
 *
 * Times are milliseconds. `at`, `from`, `to` stand bare; every other duration says its unit. `turn` names a turn
 * (`'0:3'`: connection 0, turn 3; typed turns `'text:0'`), `reply` a reply (counted from 1, one number for a draft and the
 * reply it becomes).
 */

import type { Observable, OperatorFunction } from 'rxjs';

/** The encodings Flux takes (docs/flux/quickstart); voices here speak `linear16`: 16-bit signed, little-endian. */
export type Encoding = 'linear16' | 'linear32' | 'mulaw' | 'alaw' | 'opus' | 'ogg-opus';

/** A stretch of sound, in the order it was recorded or will be played. */
export interface AudioChunk {
  readonly data: Uint8Array;
  readonly encoding: Encoding;
  readonly sampleRateHz: number;
  readonly channels: 1;
}

/** A word of a transcript; `from` and `to` are on the audio clock of the call, and may be missing (flux.md §4.2). */
export interface Word {
  readonly word: string;
  readonly confidence: number;
  readonly from?: number;
  readonly to?: number;
}

export type TurnType = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';

/** What Flux says of a turn. The transcript is the whole turn so far, revisable until `EndOfTurn`. */
export interface TurnEvent {
  readonly type: TurnType;
  readonly turn: string;
  readonly transcript: string;
  readonly words: readonly Word[];
  /** How sure the recogniser is that the turn is over, 0 to 1. */
  readonly confidence: number;
  /** How far the audio is transcribed, on the audio clock of the call. */
  readonly audioEndMs: number;
  /** Why an `EndOfTurn` came: `model`, `manual`, `timeout`, or something newer. */
  readonly trigger?: string;
  /** The languages heard, most words first; only from a multilingual model. */
  readonly languages?: readonly string[];
}

/** An open turn whose connection was lost: its audio is heard again, as another turn. */
export interface TurnLost {
  readonly type: 'TurnLost';
  readonly turn: string;
}

export interface Connected {
  readonly type: 'Connected';
  readonly requestId: string;
}

export interface Reconnected {
  readonly type: 'Reconnected';
  readonly gapMs: number;
  readonly droppedMs: number;
}

/** The recogniser's settings after a `Configure`, all of them. */
export interface Configured {
  readonly type: 'Configured';
  readonly eotThreshold?: number;
  readonly eagerEotThreshold?: number;
  readonly eotTimeoutMs?: number;
  readonly keyterms?: readonly string[];
  readonly languageHints?: readonly string[];
  readonly numerals?: boolean;
}

export type StageName = 'listen' | 'think' | 'speak' | 'play';

/** A service said that something is odd and went on. */
export interface Warning {
  readonly type: 'Warning';
  readonly stage: StageName;
  readonly code: string;
  readonly message: string;
}

/** Something broke. `recovered`: the call goes on. */
export interface Failure {
  readonly type: 'Failure';
  readonly stage: StageName;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly recovered: boolean;
}

/** What comes out of `listen`. */
export type ListenEvent = TurnEvent | TurnLost | Connected | Configured | Reconnected | Warning | Failure;

/** What may go into `listen` beside audio. Absent fields stay as they are. */
export interface Configure {
  readonly type: 'Configure';
  readonly eotThreshold?: number;
  readonly eagerEotThreshold?: number;
  readonly eotTimeoutMs?: number;
  /** Takes the place of the whole list; `[]` clears it. */
  readonly keyterms?: readonly string[];
  readonly languageHints?: readonly string[];
  readonly numerals?: boolean;
}

/** Ends the open turn on what was said so far. */
export interface ForceEndTurn {
  readonly type: 'ForceEndTurn';
}

export type ListenInput = AudioChunk | Configure | ForceEndTurn;

/** A line of the conversation. `interrupted`: the assistant's words were cut off after this. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  readonly interrupted?: boolean;
}

/** A piece of the model's answer. */
export interface Token {
  readonly type: 'Token';
  readonly text: string;
}

export interface Usage {
  readonly type: 'Usage';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What comes out of `think`. A `Failure` in it is one that was recovered. */
export type Thought = Token | Usage | Failure;

/** A piece of a reply fit to be spoken: the model's wording, and the words for the voice. */
export interface Sentence {
  readonly text: string;
  readonly spoken: string;
}

/**
 * Sound for a segment of the reply. `text` is the model's wording of the whole segment, the same on each of its chunks;
 * `last` marks the segment's last chunk. `sentences` are what it is made of, their texts joined are `text`: with them a cut
 * finds the right word though other words are spoken than were written.
 */
export interface Speech {
  readonly type: 'Speech';
  readonly audio: AudioChunk;
  readonly text: string;
  readonly sentences?: readonly Sentence[];
  readonly last?: boolean;
  /** With `last`, on a chunk without sound: the sound broke off, and `text` is as much of the segment's as had begun to sound. */
  readonly brokenOff?: boolean;
}

/** A voice for one reply: its sentences in, their sound out. Until `settled` emits the reply is a draft, and may be dropped. */
export type Speak = (on: {
  readonly settled: Observable<unknown>;
}) => OperatorFunction<Sentence, Speech | Spent | Warning | Failure>;

/** Characters handed to a voice that bills by them. */
export interface Spent {
  readonly type: 'Spent';
  readonly characters: number;
}

/** What a speaker is told: wait, go on, stop for good. */
export type Cue = 'pause' | 'resume' | 'cut';

/** Something the agent is told to say: a greeting, a notice. `turn` is a name of its own, `'say:0'`. */
export interface Say {
  readonly type: 'Say';
  readonly turn: string;
  readonly text: string;
  /** It may not be cut. */
  readonly protect: boolean;
}

/** The call ends now. */
export interface HangUp {
  readonly type: 'HangUp';
}

/** No turn will come any more; the agent may still be told things, until it has nothing left to say. */
export interface TurnsOver {
  readonly type: 'TurnsOver';
}

/** A cue on its way from the policy to the reply of the moment. */
export interface CueEvent {
  readonly type: 'Cue';
  readonly cue: Cue;
  /** The turn that cuts. */
  readonly turn?: string;
}

/** What a speaker tells: how long was heard, and which of the model's words. */
export interface Playback {
  readonly type: 'Started' | 'Position' | 'Paused' | 'Resumed';
  readonly heardMs: number;
  readonly heard: string;
}

/** The last thing a speaker says of a reply. */
export interface Ended {
  readonly type: 'Ended';
  readonly heardMs: number;
  readonly heard: string;
  readonly interrupted: boolean;
}

export type PlaybackEvent = Playback | Ended;

export type DropReason = 'resumed' | 'changed' | 'superseded' | 'timeout' | 'failed' | 'started' | 'closed';
export type IgnoreReason = 'empty' | 'backchannel' | 'minWords' | 'minDurationMs' | 'echo' | 'lost' | 'unfinished';

/** The caller's words entered the conversation. */
export interface TurnTaken {
  readonly type: 'TurnTaken';
  readonly turn: string;
  readonly text: string;
}

/** A turn that is not answered, and why. */
export interface TurnIgnored {
  readonly type: 'TurnIgnored';
  readonly turn: string;
  readonly reason: IgnoreReason;
}

export interface DraftStarted {
  readonly type: 'DraftStarted';
  readonly turn: string;
  readonly reply: number;
  /** Its speech was shed: to keep a budget it is not spoken before its turn is sure (`speculateWithin`). */
  readonly unspoken?: true;
}

/** A draft is gone: nothing of it was or will be heard. What it had cost: tokens received, characters sent to the voice. */
export interface DraftDropped {
  readonly type: 'DraftDropped';
  readonly turn: string;
  readonly reply: number;
  readonly reason: DropReason;
  readonly tokens: number;
  readonly characters: number;
}

/** A settled turn is being answered. `drafted`: by a draft that was already on its way. */
export interface ReplyStarted {
  readonly type: 'ReplyStarted';
  readonly turn?: string;
  readonly reply: number;
  readonly drafted: boolean;
  /** So many drafts of its turn were shed: to keep a budget they were not begun (`speculateWithin`). */
  readonly shed?: number;
}

export interface ReplyToken {
  readonly type: 'Token';
  readonly reply: number;
  readonly text: string;
}

/** A sentence was handed to speech. */
export interface ReplySentence {
  readonly type: 'Sentence';
  readonly reply: number;
  readonly text: string;
  readonly spoken: string;
}

/** `AudioStarted`: the voice sent its first chunk. `SpeechStarted`: the first sound was heard. */
export interface ReplyMoment {
  readonly type: 'AudioStarted' | 'SpeechStarted' | 'SpeechResumed';
  readonly reply: number;
}

/** The reply waits, so much of it having been heard. */
export interface SpeechPaused {
  readonly type: 'SpeechPaused';
  readonly reply: number;
  readonly heardMs: number;
  readonly text: string;
}

/** How far the reply was heard; at most ten a second. */
export interface HeardSoFar {
  readonly type: 'Heard';
  readonly reply: number;
  readonly heardMs: number;
  readonly text: string;
}

/** A turn cut an audible reply. */
export interface BargeIn {
  readonly type: 'BargeIn';
  readonly reply: number;
  readonly heardMs: number;
}

/** `text`: what the model wrote, `heard`: what the caller heard of it. */
export interface ReplyEnded {
  readonly type: 'ReplyEnded';
  readonly reply: number;
  readonly text: string;
  readonly heard: string;
  readonly heardMs: number;
  readonly audioMs: number;
  readonly interrupted: boolean;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

/** The moments of one reply, each on the call's clock (`at`), null where it did not happen or is not known. */
export interface Latency {
  readonly type: 'Latency';
  readonly turn?: string;
  readonly reply: number;
  /** The end of the last word, on the audio clock. */
  readonly endOfSpeech: number | null;
  readonly eager: number | null;
  readonly endOfTurn: number | null;
  readonly firstToken: number | null;
  readonly firstAudio: number | null;
  readonly firstSound: number | null;
}

export interface Idle {
  readonly type: 'Idle';
}

export interface Closed {
  readonly type: 'Closed';
}

/** What happens in a call, before it is numbered. */
export type CallEvent =
  | ListenEvent
  | TurnTaken
  | TurnIgnored
  | DraftStarted
  | DraftDropped
  | ReplyStarted
  | ReplyToken
  | ReplySentence
  | ReplyMoment
  | SpeechPaused
  | HeardSoFar
  | BargeIn
  | ReplyEnded
  | Latency
  | Idle
  | Closed;

/** Where an event stands in its call: its number from 1, the number of the event that led to it, ms since subscription. */
export interface Stamp {
  readonly id: number;
  /** Missing on events that nothing in the call led to. */
  readonly cause?: number;
  readonly at: number;
}

/** What `agent` emits: a discriminated union on `type`. */
export type AgentEvent = CallEvent & Stamp;
