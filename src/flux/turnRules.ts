import { isCount, isRecord, type JsonObject } from '../../operators/core/json.ts';
import type { Report } from './fluxRule.ts';
import { turnEvents, type FluxTurnEvent } from './messages.ts';
import { isBlank, type Phase } from './turnMachine.ts';

/** In seconds: single precision numbers are this inexact (0.47999996). */
const noise = 0.001;

/** The phases in which each event is legal, and the phase it leads to. An `Update` changes nothing. */
const machine: Readonly<
  Record<Exclude<FluxTurnEvent, 'Update'>, { readonly from: readonly [Phase, ...Phase[]]; readonly to: Phase }>
> = {
  StartOfTurn: { from: ['idle'], to: 'speaking' },
  EagerEndOfTurn: { from: ['speaking'], to: 'awaiting' },
  TurnResumed: { from: ['awaiting'], to: 'speaking' },
  EndOfTurn: { from: ['speaking', 'awaiting'], to: 'idle' },
};

const whereabouts: Readonly<Record<Phase, string>> = {
  idle: 'while no turn is open',
  speaking: 'while the turn goes on',
  awaiting: 'after EagerEndOfTurn, without TurnResumed',
};

interface TurnMessage {
  readonly event: FluxTurnEvent;
  readonly turn: number;
  readonly transcript: string;
}

/**
 * Checks the turns of one connection against Flux's state machine (docs/wire/flux.md §5). After a violation it continues from
 * the state that the message describes.
 */
export class TurnRules {
  #eager: boolean | undefined;
  #phase: Phase = 'idle';
  #turn = 0;
  /** The transcript of the last `EagerEndOfTurn`. */
  #drafted = '';
  #window = { start: 0, end: 0 };

  constructor(eager: boolean | undefined) {
    this.#eager = eager;
  }

  /** A `ConfigureSuccess` names all thresholds in force. */
  configured({ thresholds }: JsonObject): void {
    if (isRecord(thresholds)) this.#eager = typeof thresholds['eager_eot_threshold'] === 'number';
  }

  check(info: JsonObject, report: Report): void {
    for (const [name, { is, fits }] of Object.entries(shape)) if (!fits(info[name])) report('message', `${name} must be ${is}.`);
    this.#checkWindow(info, report);

    const { turn_index: turn, transcript, trigger } = info;
    const event = turnEvents.find((known) => known === info['event']);
    if (event === undefined || !isCount(turn) || typeof transcript !== 'string') return;
    if (trigger !== undefined && event !== 'EndOfTurn') report('trigger', `${event} has a trigger.`);
    if (turn !== this.#turn) this.#checkOtherTurn({ event, turn, transcript }, report);
    if (this.#phase === 'awaiting' && event !== 'TurnResumed' && transcript !== this.#drafted)
      report('draft', `${event} has ${JSON.stringify(transcript)}, EagerEndOfTurn had ${JSON.stringify(this.#drafted)}.`);
    if (event === 'Update') this.#checkUpdate(transcript, report);
    else this.#step(event, transcript, report);
  }

  /** The missing start is reported once: the phase becomes one in which this event is legal. */
  #checkOtherTurn({ event, turn, transcript }: TurnMessage, report: Report): void {
    report('turn-index', `${event} is of turn ${turn}, not ${this.#turn}.`);
    this.#turn = turn;
    if (event === 'Update') this.#phase = isBlank(transcript) ? 'idle' : 'speaking';
    else this.#phase = machine[event].from[0];
  }

  #checkUpdate(transcript: string, report: Report): void {
    if (this.#phase !== 'idle' || isBlank(transcript)) return;
    report('order', 'Update has words while no turn is open.');
    this.#phase = 'speaking';
  }

  #step(event: Exclude<FluxTurnEvent, 'Update'>, transcript: string, report: Report): void {
    const { from, to } = machine[event];
    if (!from.includes(this.#phase)) report('order', `${event} comes ${whereabouts[this.#phase]}.`);
    if (isBlank(transcript) && (event === 'StartOfTurn' || event === 'EagerEndOfTurn')) report('text', `${event} has no words.`);
    if (event === 'EagerEndOfTurn') {
      if (this.#eager === false) report('eager', 'EagerEndOfTurn comes though eager_eot_threshold is not set.');
      this.#drafted = transcript;
    }
    if (event === 'EndOfTurn') this.#turn += 1;
    this.#phase = to;
  }

  #checkWindow({ audio_window_start: start, audio_window_end: end }: JsonObject, report: Report): void {
    if (!isSeconds(start) || !isSeconds(end)) return;
    const before = this.#window;
    if (end < before.end - noise) report('window', `audio_window_end goes back from ${before.end} to ${end}.`);
    if (start < before.start - noise) report('window', `audio_window_start goes back from ${before.start} to ${start}.`);
    if (end < start - noise) report('window', `The window ends at ${end}, before its start at ${start}.`);
    this.#window = { start, end };
  }
}

const isSeconds = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const isWord = (value: unknown) => isRecord(value) && typeof value['word'] === 'string' && isShare(value['confidence']);
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;

/** The fields that every `TurnInfo` has. */
const shape: Readonly<Record<string, { readonly is: string; readonly fits: (value: unknown) => boolean }>> = {
  event: { is: 'a text', fits: (value) => typeof value === 'string' },
  turn_index: { is: 'a whole number from 0', fits: isCount },
  audio_window_start: { is: 'seconds', fits: isSeconds },
  audio_window_end: { is: 'seconds', fits: isSeconds },
  transcript: { is: 'a text', fits: (value) => typeof value === 'string' },
  words: { is: 'a list of words with confidences', fits: (value) => Array.isArray(value) && value.every(isWord) },
  end_of_turn_confidence: { is: 'a number from 0 to 1', fits: isShare },
};
