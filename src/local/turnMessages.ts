import { noActiveTurn, type FluxTurnEvent, type FluxWord, type TurnInfo } from '../flux/messages.ts';
import { TurnMachine, type TurnMoment, type TurnThresholds } from '../flux/turnMachine.ts';
import { endOfTurnConfidence } from './confidence.ts';

export type TurnWord = Required<FluxWord>;

/** A `TurnInfo` of Flux as on the wire (docs/wire/flux.md §4.2), without the ids that the server adds. */
export type TurnMessage = Omit<TurnInfo, 'request_id' | 'sequence_id' | 'words'> & { readonly words: readonly TurnWord[] };

export type ForceEndTurnWarning = { readonly type: 'Warning'; readonly code: string; readonly description: string };

/** The settings that decide when a turn ends, named as in the query. */
export interface TurnSettings {
  readonly eot_threshold: number;
  readonly eager_eot_threshold?: number;
  readonly eot_timeout_ms: number;
}

/** The state after each frame of audio. */
export interface AudioMoment {
  /** Length of the audio since the connection began, ms. */
  readonly at: number;
  /** Time since the last voice, ms; 0 while there is voice. */
  readonly silenceMs: number;
  /** All words of the turn so far, if they were recognised again at this moment. */
  readonly words?: readonly TurnWord[];
}

const updateEveryMs = 250;
/** Voice of this length after an eager end resumes the turn, even if no new word has been recognised yet. */
const resumedAfterMs = 500;
const neverEnds: TurnThresholds = { eotThreshold: 1, eagerEotThreshold: undefined, eotTimeoutMs: Infinity };

/**
 * Makes Flux's messages about turns out of recognised words and silence, with Flux's state machine (`TurnMachine`). Each 0.25 s of
 * audio without another message has an `Update`. It uses audio time only: the same moments give the same messages at any speed.
 *
 * The words do not change during silence, so an `EndOfTurn` has the transcript of its `EagerEndOfTurn`.
 */
export class TurnMessages {
  readonly #machine = new TurnMachine();
  #thresholds: TurnThresholds;
  #startMs = 0;
  #words: readonly TurnWord[] = [];
  #transcript = '';
  #last: AudioMoment = { at: 0, silenceMs: 0 };
  #voiceSince: number | undefined;
  #takenSlot = -1;

  constructor(settings: TurnSettings) {
    this.#thresholds = toThresholds(settings);
  }

  /** Whether a turn is open. */
  get open(): boolean {
    return this.#machine.phase !== 'idle';
  }

  /** Changes the settings from the next moment on. */
  configure(settings: TurnSettings): void {
    this.#thresholds = toThresholds(settings);
  }

  /** The messages due at this moment, in order. */
  advance(moment: AudioMoment): TurnMessage[] {
    const { at, silenceMs, words } = moment;
    const slot = slotOf(this.#last.at);
    this.#last = moment;
    this.#voiceSince = silenceMs > 0 ? undefined : (this.#voiceSince ?? at);
    this.#take(words);
    const resumed = this.#voiceSince !== undefined && at - this.#voiceSince >= resumedAfterMs;
    const messages = this.#step(this.#thresholds, { resumed });
    if (messages.length > 0) this.#takenSlot = slotOf(at);
    else if (slotOf(at) > slot && this.#takenSlot !== slot) messages.push(this.#message('Update'));
    return messages;
  }

  /** The audio is over: the state of the open turn with its last words. The turn stays open (docs/flux/close-stream). */
  finish(words?: readonly TurnWord[]): TurnMessage[] {
    this.#take(words);
    const messages = this.#step(neverEnds);
    return messages.length > 0 || !this.open ? messages : [this.#message('Update')];
  }

  /** Ends the open turn with the words recognised so far. */
  forceEnd(): TurnMessage | ForceEndTurnWarning {
    const [end] = this.#step(neverEnds, { endedBy: 'manual' });
    return end ?? { type: 'Warning', code: noActiveTurn, description: 'no turn was open' };
  }

  #take(words: readonly TurnWord[] = []): void {
    const transcript = words.map(({ word }) => word).join(' ');
    const isSameDraft = this.#machine.phase === 'awaiting' && transcript === this.#transcript;
    if (words.length === 0 || isSameDraft) return;
    this.#words = words;
    this.#transcript = transcript;
  }

  #step(thresholds: TurnThresholds, more: Partial<TurnMoment> = {}): TurnMessage[] {
    const moment = { transcript: this.#transcript, confidence: this.#confidence, silenceMs: this.#last.silenceMs, ...more };
    const messages = this.#machine.advance(moment, thresholds).map(({ event, turnIndex, trigger }) => ({
      ...this.#message(event, turnIndex),
      ...(trigger !== undefined && { trigger }),
    }));
    if (!this.open && messages.length > 0) {
      this.#startMs = this.#last.at;
      this.#words = [];
      this.#transcript = '';
      this.#takenSlot = slotOf(this.#last.at);
    }
    return messages;
  }

  get #confidence(): number {
    return endOfTurnConfidence(this.#transcript, this.#last.silenceMs);
  }

  #message(event: FluxTurnEvent, turnIndex = this.#machine.turnIndex): TurnMessage {
    return {
      type: 'TurnInfo',
      event,
      turn_index: turnIndex,
      audio_window_start: this.#startMs / 1000,
      audio_window_end: this.#last.at / 1000,
      transcript: this.#transcript,
      words: this.#words,
      end_of_turn_confidence: Math.round(this.#confidence * 1000) / 1000,
    };
  }
}

function toThresholds({ eot_threshold, eager_eot_threshold, eot_timeout_ms }: TurnSettings): TurnThresholds {
  return { eotThreshold: eot_threshold, eagerEotThreshold: eager_eot_threshold, eotTimeoutMs: eot_timeout_ms };
}

const slotOf = (ms: number): number => Math.floor(ms / updateEveryMs);
