import type { FluxTurnEvent } from './messages.ts';

/** The options of `flux` that decide when a turn is over, with their defaults filled in. */
export interface TurnThresholds {
  readonly eotThreshold: number;
  /** `undefined`: no eager ends. */
  readonly eagerEotThreshold: number | undefined;
  readonly eotTimeoutMs: number;
}

/** The open turn at one moment of the audio. */
export interface TurnMoment {
  readonly transcript: string;
  readonly confidence: number;
  /** Time since the caller last spoke. */
  readonly silenceMs: number;
  /** The caller goes on speaking, even if the transcript is still the same. */
  readonly resumed?: boolean;
  /** Ends the turn for this reason, whatever the confidence. */
  readonly endedBy?: string | undefined;
  /** A start or a resumption is not followed by an end at the same moment. */
  readonly oneStep?: boolean;
}

export type Phase = 'idle' | 'speaking' | 'awaiting';

export interface TurnStep {
  readonly event: FluxTurnEvent;
  readonly turnIndex: number;
  /** Only on `EndOfTurn`. */
  readonly trigger?: string;
}

/**
 * Flux's state machine of turns (docs/wire/flux.md §5), without audio and without a clock.
 *
 *     idle      a transcript                              StartOfTurn     -> speaking
 *     speaking  confidence >= eager threshold             EagerEndOfTurn  -> awaiting
 *     awaiting  another transcript, or `resumed`          TurnResumed     -> speaking
 *     either    confidence >= threshold (below 1)         EndOfTurn, `model`
 *               silence >= timeout                        EndOfTurn, `timeout`
 *               `endedBy`                                 EndOfTurn with that trigger
 *
 * At a moment without a step Flux may send an `Update`; the caller decides whether it does.
 */
export class TurnMachine {
  #phase: Phase = 'idle';
  #draft = '';
  #turnIndex = 0;

  get phase(): Phase {
    return this.#phase;
  }

  /** The index of the open turn, or of the next one. */
  get turnIndex(): number {
    return this.#turnIndex;
  }

  /** The steps of the turn at this moment, in order. */
  advance(moment: TurnMoment, thresholds: TurnThresholds): readonly TurnStep[] {
    const { transcript, confidence, resumed = false, oneStep = false } = moment;
    const steps: TurnStep[] = [];
    if (this.#phase === 'idle') {
      if (isBlank(transcript)) return [];
      steps.push(this.#enter('speaking', 'StartOfTurn'));
    } else if (this.#phase === 'awaiting' && (resumed || transcript !== this.#draft)) {
      steps.push(this.#enter('speaking', 'TurnResumed'));
    }
    if (oneStep && steps.length > 0) return steps;

    const trigger = triggerOf(moment, thresholds);
    const { eagerEotThreshold = Infinity } = thresholds;
    if (trigger !== undefined) {
      steps.push({ ...this.#enter('idle', 'EndOfTurn'), trigger });
      this.#turnIndex++;
    } else if (this.#phase === 'speaking' && !isBlank(transcript) && confidence >= eagerEotThreshold) {
      this.#draft = transcript;
      steps.push(this.#enter('awaiting', 'EagerEndOfTurn'));
    }
    return steps;
  }

  #enter(phase: Phase, event: FluxTurnEvent): TurnStep {
    this.#phase = phase;
    return { event, turnIndex: this.#turnIndex };
  }
}

export const isBlank = (transcript: string) => transcript.trim() === '';

function triggerOf({ confidence, silenceMs, endedBy }: TurnMoment, { eotThreshold, eotTimeoutMs }: TurnThresholds) {
  if (endedBy !== undefined) return endedBy;
  if (eotThreshold < 1 && confidence >= eotThreshold) return 'model';
  return silenceMs >= eotTimeoutMs ? 'timeout' : undefined;
}
