import type { Fields, Tell } from './conform.ts';
import { turnEvents, type FluxTurnEvent } from './messages.ts';

/** Seconds of the noise that numbers of single precision carry: 0.47999996. */
const noise = 0.001;

type Phase = 'idle' | 'speaking' | 'awaiting';

/** Where each event is at home, and what it leads to; an `Update` leads nowhere. */
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

interface Said {
  readonly event: FluxTurnEvent;
  readonly turn: number;
  readonly transcript: string;
}

/** The turns of one connection: Flux's state machine (docs/flux/state). After a violation it goes on from what it was told. */
export class TurnRules {
  #eager: boolean | undefined;
  #phase: Phase = 'idle';
  #turn = 0;
  /** What the last `EagerEndOfTurn` said. */
  #drafted = '';
  #window = { start: 0, end: 0 };

  constructor(eager: boolean | undefined) {
    this.#eager = eager;
  }

  /** It echoes all that is set. */
  configured({ thresholds }: Fields): void {
    if (isObject(thresholds)) this.#eager = typeof thresholds['eager_eot_threshold'] === 'number';
  }

  see(info: Fields, tell: Tell): void {
    const misshapen = Object.entries(shape).filter(([name, { fits }]) => !fits(info[name]));
    for (const [name, { is }] of misshapen) tell('message', `${name} must be ${is}.`);
    this.#seeWindow(info, tell);

    const { turn_index: turn, transcript, trigger } = info;
    const event = turnEvents.find((known) => known === info['event']);
    if (event === undefined || !isIndex(turn) || typeof transcript !== 'string') return;
    if (trigger !== undefined && event !== 'EndOfTurn') tell('trigger', `${event} has a trigger.`);
    if (turn !== this.#turn) this.#seeOtherTurn({ event, turn, transcript }, tell);
    if (this.#phase === 'awaiting' && event !== 'TurnResumed' && transcript !== this.#drafted)
      tell('draft', `${event} says ${JSON.stringify(transcript)}, EagerEndOfTurn said ${JSON.stringify(this.#drafted)}.`);
    if (event === 'Update') this.#seeUpdate(transcript, tell);
    else this.#step(event, transcript, tell);
  }

  /** It has been told of once that nobody saw the turn begin, so it is taken to be where its event is at home. */
  #seeOtherTurn({ event, turn, transcript }: Said, tell: Tell): void {
    tell('turn-index', `${event} is of turn ${turn}, not ${this.#turn}.`);
    this.#turn = turn;
    if (event === 'Update') this.#phase = hasWords(transcript) ? 'speaking' : 'idle';
    else this.#phase = machine[event].from[0];
  }

  #seeUpdate(transcript: string, tell: Tell): void {
    if (this.#phase !== 'idle' || !hasWords(transcript)) return;
    tell('order', 'Update has words while no turn is open.');
    this.#phase = 'speaking';
  }

  #step(event: Exclude<FluxTurnEvent, 'Update'>, transcript: string, tell: Tell): void {
    const { from, to } = machine[event];
    if (!from.includes(this.#phase)) tell('order', `${event} comes ${whereabouts[this.#phase]}.`);
    if (!hasWords(transcript) && (event === 'StartOfTurn' || event === 'EagerEndOfTurn')) tell('text', `${event} has no words.`);
    if (event === 'EagerEndOfTurn') {
      if (this.#eager === false) tell('eager', 'EagerEndOfTurn comes though eager_eot_threshold is not set.');
      this.#drafted = transcript;
    }
    if (event === 'EndOfTurn') this.#turn += 1;
    this.#phase = to;
  }

  #seeWindow({ audio_window_start: start, audio_window_end: end }: Fields, tell: Tell): void {
    if (!isSeconds(start) || !isSeconds(end)) return;
    const before = this.#window;
    if (end < before.end - noise) tell('window', `audio_window_end goes back from ${before.end} to ${end}.`);
    if (start < before.start - noise) tell('window', `audio_window_start goes back from ${before.start} to ${start}.`);
    if (end < start - noise) tell('window', `The window ends at ${end}, before its start at ${start}.`);
    this.#window = { start, end };
  }
}

const hasWords = (transcript: string) => transcript.trim() !== '';
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
const isSeconds = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const isWord = (value: unknown) => isObject(value) && typeof value['word'] === 'string' && isShare(value['confidence']);
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;

/** The fields that every `TurnInfo` has. */
const shape: Readonly<Record<string, { readonly is: string; readonly fits: (value: unknown) => boolean }>> = {
  event: { is: 'a text', fits: (value) => typeof value === 'string' },
  turn_index: { is: 'a whole number from 0', fits: isIndex },
  audio_window_start: { is: 'seconds', fits: isSeconds },
  audio_window_end: { is: 'seconds', fits: isSeconds },
  transcript: { is: 'a text', fits: (value) => typeof value === 'string' },
  words: { is: 'a list of words with confidences', fits: (value) => Array.isArray(value) && value.every(isWord) },
  end_of_turn_confidence: { is: 'a number from 0 to 1', fits: isShare },
};
