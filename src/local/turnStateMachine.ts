import { endOfTurnConfidence } from './confidence.ts';

/** A word as Flux sends it; `start` and `end` in seconds on the connection's audio clock. */
export type TurnWord = {
  readonly word: string;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
};

/** A message of Flux about a turn, as on the wire (flux.md §4.2); times in seconds. */
export type TurnInfo = {
  readonly type: 'TurnInfo';
  readonly event: 'Update' | 'StartOfTurn' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
  readonly turn_index: number;
  readonly audio_window_start: number;
  readonly audio_window_end: number;
  readonly transcript: string;
  readonly words: readonly TurnWord[];
  readonly end_of_turn_confidence: number;
  readonly trigger?: 'model' | 'manual' | 'timeout';
};

export type ForceEndTurnWarning = { readonly type: 'Warning'; readonly code: string; readonly description: string };

/** The settings that decide when a turn ends; the names are those of the query. */
export interface TurnSettings {
  readonly eot_threshold: number;
  readonly eager_eot_threshold?: number;
  readonly eot_timeout_ms: number;
}

/** What is known when a little more audio has been heard. */
export interface Moment {
  /** How much audio has been heard since the connection began, ms. */
  readonly at: number;
  /** Time since the last voice, ms; 0 while there is voice. */
  readonly silenceMs: number;
  /** All words of the turn so far, where they were read anew at this moment. */
  readonly words?: readonly TurnWord[];
}

type Phase = 'idle' | 'speaking' | 'awaiting';

const updateEveryMs = 250;
/** Voice that goes on this long after an eager end resumes the turn, also when no new word has been read yet. */
const resumedAfterMs = 500;

/**
 * Flux's turn state machine (flux.md §5), by audio time alone: the same moments give the same messages, however fast they come.
 *
 *     idle      the first words                      StartOfTurn
 *     speaking  confidence >= eager_eot_threshold    EagerEndOfTurn   -> awaiting
 *     awaiting  other words, or 0.5 s of voice       TurnResumed      -> speaking
 *     either    confidence >= eot_threshold (< 1)    EndOfTurn, trigger "model"
 *               silence >= eot_timeout_ms            EndOfTurn, trigger "timeout"
 *               force()                              EndOfTurn, trigger "manual"
 *     any       each 0.25 s without one of these     Update
 *
 * The words do not change while there is silence, so an `EndOfTurn` says what its `EagerEndOfTurn` said.
 */
export class Turns {
  #settings: TurnSettings;
  #phase: Phase = 'idle';
  #index = 0;
  #startMs = 0;
  #words: readonly TurnWord[] = [];
  #transcript = '';
  #last: Moment = { at: 0, silenceMs: 0 };
  #voiceSince: number | undefined;
  #takenSlot = -1;

  constructor(settings: TurnSettings) {
    this.#settings = settings;
  }

  /** Whether a turn is open. */
  get open(): boolean {
    return this.#phase !== 'idle';
  }

  /** New settings, from the next moment on. */
  set(settings: TurnSettings): void {
    this.#settings = settings;
  }

  /** The messages due at this moment, in order. */
  hear(moment: Moment): TurnInfo[] {
    const slot = slotOf(this.#last.at);
    this.#last = moment;
    this.#voiceSince = moment.silenceMs > 0 ? undefined : (this.#voiceSince ?? moment.at);
    const said = [...this.#read(moment.words), ...this.#decide()];
    if (said.length > 0) this.#takenSlot = slotOf(moment.at);
    else if (slotOf(moment.at) > slot && this.#takenSlot !== slot) said.push(this.#say('Update'));
    return said;
  }

  /** The audio is over: how the open turn stands, with what was read last. It stays open (docs/flux/close-stream). */
  finish(words?: readonly TurnWord[]): TurnInfo[] {
    const said = this.#read(words);
    return said.length > 0 || !this.open ? said : [this.#say('Update')];
  }

  /** Ends the open turn on what was read so far, without another look at the audio. */
  force(): TurnInfo | ForceEndTurnWarning {
    if (this.open) return this.#end('manual');
    return { type: 'Warning', code: 'FORCE_END_TURN_NO_ACTIVE_TURN', description: 'no turn was open' };
  }

  #read(words: readonly TurnWord[] | undefined): TurnInfo[] {
    if (words === undefined || words.length === 0) return [];
    const transcript = words.map(({ word }) => word).join(' ');
    const changed = transcript !== this.#transcript;
    const phase = this.#phase;
    if (phase === 'awaiting' && !changed) return [];
    this.#words = words;
    this.#transcript = transcript;
    if (phase === 'speaking') return [];
    this.#phase = 'speaking';
    return [this.#say(phase === 'idle' ? 'StartOfTurn' : 'TurnResumed')];
  }

  #decide(): TurnInfo[] {
    if (!this.open) return [];
    const { eot_threshold, eager_eot_threshold, eot_timeout_ms } = this.#settings;
    const { at, silenceMs } = this.#last;
    const confidence = this.#confidence();
    if (this.#phase === 'awaiting' && this.#voiceSince !== undefined && at - this.#voiceSince >= resumedAfterMs) {
      this.#phase = 'speaking';
      return [this.#say('TurnResumed')];
    }
    if (eot_threshold < 1 && confidence >= eot_threshold) return [this.#end('model')];
    if (silenceMs >= eot_timeout_ms) return [this.#end('timeout')];
    if (this.#phase === 'speaking' && eager_eot_threshold !== undefined && confidence >= eager_eot_threshold) {
      this.#phase = 'awaiting';
      return [this.#say('EagerEndOfTurn')];
    }
    return [];
  }

  #end(trigger: 'model' | 'manual' | 'timeout'): TurnInfo {
    const end = { ...this.#say('EndOfTurn'), trigger };
    this.#phase = 'idle';
    this.#index += 1;
    this.#startMs = this.#last.at;
    this.#words = [];
    this.#transcript = '';
    this.#takenSlot = slotOf(this.#last.at);
    return end;
  }

  #confidence(): number {
    return endOfTurnConfidence(this.#transcript, this.#last.silenceMs);
  }

  #say(event: TurnInfo['event']): TurnInfo {
    return {
      type: 'TurnInfo',
      event,
      turn_index: this.#index,
      audio_window_start: this.#startMs / 1000,
      audio_window_end: this.#last.at / 1000,
      transcript: this.#transcript,
      words: this.#words,
      end_of_turn_confidence: Math.round(this.#confidence() * 1000) / 1000,
    };
  }
}

function slotOf(ms: number): number {
  return Math.floor(ms / updateEveryMs);
}
