import type { FluxTurnEvent, FluxWord } from '../../flux/messages.ts';
import { after, isSaid, wordCount, type Seen } from './turnReading.ts';

/** When a turn is believed to be over: the options of `flux` that decide it, all of them. */
export interface TurnThresholds {
  readonly eotThreshold: number;
  /** `undefined`: no eager ends. */
  readonly eagerEotThreshold: number | undefined;
  readonly eotTimeoutMs: number;
}

/** What would have been said of a turn. */
export interface Step {
  readonly event: FluxTurnEvent;
  /** The turns of the connection as they would have been, from 0. */
  readonly index: number;
  readonly startMs: number;
  readonly transcript: string;
  readonly words: readonly FluxWord[];
  readonly confidence: number;
  readonly trigger?: string;
  /** When the last word ended, as far as is known. */
  readonly speechMs: number;
  /** The recording cannot tell: the recogniser had ended the turn, or would have begun another, and has judged something else. */
  readonly assumed: boolean;
}

/** What a recording knows of time: Flux says something every 250 ms. */
const resolutionMs = 250;

const nothing = { transcript: '', words: [] as readonly FluxWord[] };

/**
 * Flux's state machine (docs/flux/state) run once more over what was seen of one connection, with other thresholds.
 *
 *     idle      words                                       StartOfTurn
 *     speaking  confidence ≥ eager threshold                EagerEndOfTurn   → awaiting
 *     awaiting  another text, or the recording resumed      TurnResumed      → speaking
 *     either    confidence ≥ threshold (below 1)            EndOfTurn, `model`
 *               silence ≥ timeout                           EndOfTurn, `timeout`
 *               the recorded end was asked for              EndOfTurn, `manual`
 *
 * A turn that ends before it did leaves the rest of its words to the next one. A turn that goes on after it had ended keeps the
 * last confidence, which is all that is known of it, until there are words again.
 */
export class TurnMachine {
  readonly #thresholds: TurnThresholds;
  #phase: 'idle' | 'speaking' | 'awaiting' = 'idle';
  #index = 0;
  #startMs = 0;
  /** The recorded turn that is being read. */
  #turn = -1;
  /** How many of its words belong to turns that are over. */
  #cut = 0;
  /** What the turn held before the recorded one. */
  #carried = nothing;
  #drafted = '';
  #said = nothing;
  #confidence = 0;
  #speechMs = 0;
  #last: Seen | undefined;

  constructor(thresholds: TurnThresholds) {
    this.#thresholds = thresholds;
  }

  see(seen: Seen): readonly Step[] {
    this.#last = seen;
    this.#hear(seen);
    const { transcript } = this.#said;
    const steps: Step[] = [];
    if (this.#phase === 'idle') {
      if (!isSaid(transcript)) return [this.#say('Update')];
      steps.push(this.#go('StartOfTurn', 'speaking'));
    } else if (this.#phase === 'awaiting' && (transcript !== this.#drafted || seen.event === 'TurnResumed')) {
      steps.push(this.#go('TurnResumed', 'speaking'));
    }
    // one message said one thing, unless it is one at which the turn was judged
    if (steps.length > 0 && seen.event !== 'EagerEndOfTurn' && seen.event !== 'EndOfTurn') return steps;

    const trigger = this.#endsBy(seen);
    if (trigger !== undefined) steps.push(this.#end(seen, trigger));
    else if (this.#phase === 'speaking' && this.#isEager && isSaid(transcript)) {
      this.#drafted = transcript;
      steps.push(this.#go('EagerEndOfTurn', 'awaiting'));
    } else if (steps.length === 0) steps.push(this.#say('Update'));
    return steps;
  }

  /** The turn, if one is open, is ended by hand now, which it was not then. */
  force(): Step | undefined {
    if (this.#last === undefined || this.#phase === 'idle') return undefined;
    return { ...this.#end(this.#last, 'manual'), assumed: true };
  }

  #hear(seen: Seen): void {
    if (seen.turn !== this.#turn) {
      this.#turn = seen.turn;
      this.#cut = 0;
      this.#carried = this.#phase === 'idle' ? nothing : this.#said;
    }
    if (this.#phase === 'idle') {
      this.#cut = Math.min(this.#cut, wordCount(seen));
      this.#startMs = Math.max(this.#startMs, seen.startMs);
    }
    const rest = after(seen, this.#cut);
    const more = isSaid(rest.transcript);
    this.#said = !isSaid(this.#carried.transcript) ? rest : more ? joined(this.#carried, rest) : this.#carried;
    if (more || !isSaid(this.#carried.transcript)) this.#confidence = seen.confidence;
    if (more) this.#speechMs = seen.speechMs;
  }

  get #isEager(): boolean {
    const { eagerEotThreshold } = this.#thresholds;
    return eagerEotThreshold !== undefined && this.#confidence >= eagerEotThreshold;
  }

  #endsBy({ event, trigger, endMs }: Seen): string | undefined {
    const { eotThreshold, eotTimeoutMs } = this.#thresholds;
    const ended = event === 'EndOfTurn';
    if (ended && trigger !== undefined && trigger !== 'model' && trigger !== 'timeout') return trigger;
    if (eotThreshold < 1 && this.#confidence >= eotThreshold) return 'model';
    const silenceMs = endMs - this.#speechMs + (ended && trigger === 'timeout' ? resolutionMs : 0);
    return silenceMs >= eotTimeoutMs ? 'timeout' : undefined;
  }

  #go(event: FluxTurnEvent, phase: 'speaking' | 'awaiting'): Step {
    this.#phase = phase;
    return this.#say(event);
  }

  #end(seen: Seen, trigger: string): Step {
    const step = { ...this.#say('EndOfTurn'), trigger };
    this.#phase = 'idle';
    this.#index++;
    this.#startMs = seen.endMs;
    this.#cut = wordCount(seen);
    this.#carried = nothing;
    this.#said = nothing;
    return step;
  }

  #say(event: FluxTurnEvent): Step {
    return {
      event,
      index: this.#index,
      startMs: this.#startMs,
      transcript: this.#said.transcript,
      words: this.#said.words,
      confidence: this.#confidence,
      speechMs: this.#speechMs,
      assumed: isSaid(this.#carried.transcript) || this.#cut > 0,
    };
  }
}

const joined = (one: typeof nothing, two: typeof nothing) => ({
  transcript: `${one.transcript} ${two.transcript}`,
  words: [...one.words, ...two.words],
});
