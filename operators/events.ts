/**
 * The vocabulary: the types of all values that flow through a pipeline. No code.
 *
 * Times are in milliseconds. `at`, `from` and `to` have no suffix; every other time has the suffix `Ms`, except the moments of
 * `Latency`. `turn` is the id of a turn: `'0:3'` is turn 3 of connection 0, `'text:0'` the first typed turn, `'say:0'` the first
 * `Say`. `reply` is the number of a reply, counted from 1; a draft and the reply that it becomes have the same number.
 */

import type { Observable, OperatorFunction } from 'rxjs';

/** The encodings that Flux accepts (docs/wire/flux.md §1.1). The voices here send `linear16`: 16-bit signed, little-endian. */
export type Encoding = 'linear16' | 'linear32' | 'mulaw' | 'alaw' | 'opus' | 'ogg-opus';

/** A piece of audio. Chunks arrive in the order of recording or of playing. */
export interface AudioChunk {
  readonly data: Uint8Array;
  readonly encoding: Encoding;
  readonly sampleRateHz: number;
  readonly channels: 1;
}

/** A word of a transcript. `from` and `to` are on the audio clock of the call and may be missing (docs/wire/flux.md §4.2). */
export interface Word {
  readonly word: string;
  readonly confidence: number;
  readonly from?: number;
  readonly to?: number;
}

export type TurnType = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';

/** An event of a turn, from the recogniser. The transcript contains the whole turn so far; it may change until `EndOfTurn`. */
export interface TurnEvent {
  readonly type: TurnType;
  readonly turn: string;
  readonly transcript: string;
  readonly words: readonly Word[];
  /** How sure the recogniser is that the turn is over, 0 to 1. */
  readonly confidence: number;
  /** How far the audio is transcribed, on the audio clock of the call. */
  readonly audioEndMs: number;
  /** What ended the turn: `model`, `manual`, `timeout`, or a newer value. Only on `EndOfTurn`. */
  readonly trigger?: string;
  /** The languages of the turn, the one with most words first. Only from a multilingual model. */
  readonly languages?: readonly string[];
}

/** The connection was lost during this turn. Its audio is sent again and becomes another turn. */
export interface TurnLost {
  readonly type: 'TurnLost';
  readonly turn: string;
}

/** The connection to the recogniser is open. */
export interface Connected {
  readonly type: 'Connected';
  readonly requestId: string;
}

/** The connection to the recogniser is open again after a loss. */
export interface Reconnected {
  readonly type: 'Reconnected';
  /** How long there was no connection. */
  readonly gapMs: number;
  /** How much audio was dropped because the buffer was full. */
  readonly droppedMs: number;
}

/** All settings of the recogniser after a `Configure`. */
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

/** A service reported something odd that changed nothing. */
export interface Warning {
  readonly type: 'Warning';
  readonly stage: StageName;
  readonly code: string;
  readonly message: string;
}

/** An error. The call goes on if it is `recovered`. */
export interface Failure {
  readonly type: 'Failure';
  readonly stage: StageName;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly recovered: boolean;
}

/** What `listen` emits. */
export type ListenEvent = TurnEvent | TurnLost | Connected | Configured | Reconnected | Warning | Failure;

/** New settings for the recogniser. Missing fields stay as they are. */
export interface Configure {
  readonly type: 'Configure';
  readonly eotThreshold?: number;
  readonly eagerEotThreshold?: number;
  readonly eotTimeoutMs?: number;
  /** Replaces the whole list; `[]` clears it. */
  readonly keyterms?: readonly string[];
  readonly languageHints?: readonly string[];
  readonly numerals?: boolean;
}

/** Ends the open turn with its words so far. */
export interface ForceEndTurn {
  readonly type: 'ForceEndTurn';
}

/** What `listen` accepts. */
export type ListenInput = AudioChunk | Configure | ForceEndTurn;

/** A message of the conversation. `interrupted`: the assistant was cut off after this content. */
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

/** The tokens that the model counted for one answer. */
export interface Usage {
  readonly type: 'Usage';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What `think` emits. Its `Failure`s are recovered ones. */
export type Thought = Token | Usage | Failure;

/** A piece of a reply that can be spoken: `text` as the model wrote it, `spoken` as the voice says it. */
export interface Sentence {
  readonly text: string;
  readonly spoken: string;
}

/**
 * A chunk of audio for a segment of the reply. `text` is the model's text of the whole segment, the same on all its chunks;
 * `last` marks the last chunk. `sentences` are the sentences of the segment, and their texts joined are `text`: they allow to
 * find the last word heard where the spoken words differ from the text.
 */
export interface Speech {
  readonly type: 'Speech';
  readonly audio: AudioChunk;
  readonly text: string;
  readonly sentences?: readonly Sentence[];
  readonly last?: boolean;
  /** With `last`, on an empty chunk: the audio ended early. `text` is the part of the segment's text that had audio. */
  readonly brokenOff?: boolean;
}

/** Speaks one reply: sentences in, audio out. Until `settled` emits, the reply is a draft and may be dropped. */
export type Speak = (on: {
  readonly settled: Observable<unknown>;
}) => OperatorFunction<Sentence, Speech | Spent | Warning | Failure>;

/** Characters sent to a voice that bills by them. */
export interface Spent {
  readonly type: 'Spent';
  readonly characters: number;
}

/** A command to a speaker: pause, resume, or stop for good. */
export type Cue = 'pause' | 'resume' | 'cut';

/** A text that the agent speaks without asking the model, such as a greeting. Its `turn` is `'say:0'`, `'say:1'`, … */
export interface Say {
  readonly type: 'Say';
  readonly turn: string;
  readonly text: string;
  /** A barge-in does not cut it. */
  readonly protect: boolean;
}

/** The call ends now. */
export interface HangUp {
  readonly type: 'HangUp';
}

/** No turn will follow. The call ends when no reply is left; controls still work until then. */
export interface TurnsOver {
  readonly type: 'TurnsOver';
}

/** A cue from the barge-in policy to the current reply. */
export interface CueEvent {
  readonly type: 'Cue';
  readonly cue: Cue;
  /** The turn that caused it. */
  readonly turn?: string;
}

/** A report of the speaker: how much audio was played, and the words heard, as the model wrote them. */
export interface Playback {
  readonly type: 'Started' | 'Position' | 'Paused' | 'Resumed';
  readonly heardMs: number;
  readonly heard: string;
}

/** The last report of the speaker about a reply. */
export interface Ended {
  readonly type: 'Ended';
  readonly heardMs: number;
  readonly heard: string;
  readonly interrupted: boolean;
}

/** What `play` emits. */
export type PlaybackEvent = Playback | Ended;

/**
 * Why a draft was dropped. `resumed`: the turn went on. `changed`: the turn has other words now, in a new draft or at its end.
 * `superseded`: another turn took its place, or the turn was lost or is not answered. `started`: another turn started. `timeout`: its turn did not
 * end in time. `failed`: a stage failed. `closed`: the call ended.
 */
export type DropReason = 'resumed' | 'changed' | 'superseded' | 'timeout' | 'failed' | 'started' | 'closed';
/** Why a turn is not answered. */
export type IgnoreReason = 'empty' | 'backchannel' | 'minWords' | 'minDurationMs' | 'echo' | 'lost' | 'unfinished';

/** The caller's words were added to the conversation. */
export interface TurnTaken {
  readonly type: 'TurnTaken';
  readonly turn: string;
  readonly text: string;
}

/** The turn is not answered. */
export interface TurnIgnored {
  readonly type: 'TurnIgnored';
  readonly turn: string;
  readonly reason: IgnoreReason;
}

/** A draft was started for a turn that is probably over. */
export interface DraftStarted {
  readonly type: 'DraftStarted';
  readonly turn: string;
  readonly reply: number;
  /** To keep a budget, its speech waits until the turn is settled (`speculateWithin`). */
  readonly unspoken?: true;
}

/** A draft was dropped; nothing of it was heard. Its cost: tokens received, and characters sent to the voice. */
export interface DraftDropped {
  readonly type: 'DraftDropped';
  readonly turn: string;
  readonly reply: number;
  readonly reason: DropReason;
  readonly tokens: number;
  readonly characters: number;
}

/** The reply to a settled turn started. `drafted`: it began as a draft. */
export interface ReplyStarted {
  readonly type: 'ReplyStarted';
  readonly turn?: string;
  readonly reply: number;
  readonly drafted: boolean;
  /** The number of drafts of this turn that were not started, to keep a budget (`speculateWithin`). */
  readonly shed?: number;
}

/** A piece of the model's answer in this reply. */
export interface ReplyToken {
  readonly type: 'Token';
  readonly reply: number;
  readonly text: string;
}

/** A sentence was sent to the voice. */
export interface ReplySentence {
  readonly type: 'Sentence';
  readonly reply: number;
  readonly text: string;
  readonly spoken: string;
}

/** `AudioStarted`: the voice sent its first chunk. `SpeechStarted`: the caller hears the first sound. `SpeechResumed`: a pause ended. */
export interface ReplyMoment {
  readonly type: 'AudioStarted' | 'SpeechStarted' | 'SpeechResumed';
  readonly reply: number;
}

/** The reply was paused after `heardMs` of it. */
export interface SpeechPaused {
  readonly type: 'SpeechPaused';
  readonly reply: number;
  readonly heardMs: number;
  readonly text: string;
}

/** How much of the reply was heard so far; at most ten events a second. */
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

/** The reply ended. `text` is what the model wrote, `heard` the part of it that the caller heard. */
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

/** The moments of one reply on the call clock (`at`). A moment that did not happen or is not known is null. */
export interface Latency {
  readonly type: 'Latency';
  readonly turn?: string;
  readonly reply: number;
  /** The end of the caller's last word, on the audio clock. */
  readonly endOfSpeech: number | null;
  readonly eager: number | null;
  readonly endOfTurn: number | null;
  readonly firstToken: number | null;
  readonly firstAudio: number | null;
  readonly firstSound: number | null;
}

/** The caller was silent for `idleMs` after the agent had spoken. */
export interface Idle {
  readonly type: 'Idle';
}

/** The call is over; the last event. */
export interface Closed {
  readonly type: 'Closed';
}

/** An event of a call, before it has a number. */
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

/** The number of an event in its call, from 1; the number of the event that led to it; ms since the subscription. */
export interface Stamp {
  readonly id: number;
  /** Missing on events that no other event led to. */
  readonly cause?: number;
  readonly at: number;
}

/** What `agent` emits: a discriminated union on `type`. */
export type AgentEvent = CallEvent & Stamp;
