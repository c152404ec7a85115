import { withMore } from '../../../operators/core/withMore.ts';
import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { FluxWord } from '../../flux/messages.ts';
import type { BackendOutput } from '../backend.ts';
import type { FluxMessage, FluxRow } from './scenario.ts';

/**
 * How far a scenario has been told over the connections of a call: the connection after one that was lost (by a drop, an `error`
 * or a fault) goes on with the rows, any other starts at the first.
 */
export class Story {
  readonly #rows: readonly FluxRow[];
  #dropped: { readonly row: number; readonly at: number } | undefined;
  #told = 0;

  constructor(rows: readonly FluxRow[]) {
    this.#rows = rows;
  }

  /** When the last connection was lost, if the next one is to go on from there. */
  get droppedAt(): number | undefined {
    return this.#dropped?.at;
  }

  /** The rows of a new connection, and its teller. */
  connect(): { readonly rows: readonly FluxRow[]; readonly teller: Teller } {
    const { row, at } = this.#dropped ?? { row: 0, at: 0 };
    this.#dropped = undefined;
    let told = row;
    this.#told = told;
    const onTell = (row: FluxRow) => {
      this.#told = ++told;
      if (isLoss(row)) this.#dropped = { row: told, at: row.at };
    };
    return { rows: this.#rows.slice(row), teller: new Teller(at, onTell) };
  }

  /** The connection is over; the next one begins a new call, if this one was not lost. */
  leave(): void {
    this.#told = 0;
  }

  /** Remembers how far it has been told at this moment of the call; the function returned says that the connection was lost there. */
  mark(at: number): () => void {
    const row = this.#dropped?.row ?? this.#told;
    return () => (this.#dropped = { row, at });
  }
}

/** Whether the connection is lost by it. */
export const isLoss = (row: FluxRow): boolean => !('message' in row);

/** Where the rows leave more audio than this between them, an `Update` is told: Flux has one every 0.25 s (docs/flux/state). */
const updateMs = 5000;

/** The longest that a word without times is taken to last, in seconds. */
const longestWord = 0.4;

/** How sure of the end Flux is said to be, where a row does not say it. */
const confidences: Readonly<Record<string, number>> = { EagerEndOfTurn: 0.5, EndOfTurn: 0.8 };

/**
 * Tells the rows of one connection as Flux would: fills in what they leave out, and ends the open turn when told to.
 *
 * A word without times is taken to end with the row that first had it. Windows are counted from where the connection took
 * over (`from`, ms of the call), as its audio clock starts there.
 */
export class Teller {
  from: number;
  readonly #onTell: (row: FluxRow) => void;
  #turn: { readonly message: FluxMessage; readonly open: boolean } | undefined;
  #ends: number[] = [];
  #windowStart = 0;
  #windowEnd = 0;
  /** How much of this connection's audio has been heard, and how much of it when something was last said. */
  #heardMs = 0;
  #saidMs = 0;

  constructor(from: number, onTell: (row: FluxRow) => void) {
    this.from = from;
    this.#onTell = onTell;
  }

  /**
   * So much audio of this connection has been heard at this moment of the call; a client may say again what went before the
   * loss. Returns whether Flux would have said something by now, had it to say no more than how things stand.
   */
  hears(ms: number, at: number): boolean {
    this.from = Math.min(this.from, at - ms);
    this.#heardMs = ms;
    return ms - this.#saidMs >= updateMs;
  }

  tell(row: FluxRow): BackendOutput {
    this.#saidMs = this.#heardMs;
    this.#onTell(row);
    if ('drop' in row) return { drop: true };
    if ('error' in row) return { type: 'Error', description: 'The scenario says so.', ...row.error };
    return row.message.type === 'TurnInfo' ? this.#turnInfo(row.message, row.at) : row.message;
  }

  /** How things stand at this moment of the call. */
  update(at: number): BackendOutput {
    this.#saidMs = this.#heardMs;
    const { message, open } = this.#turn ?? { message: { turn_index: -1 }, open: false };
    const turn_index = Number(message['turn_index']) + (open ? 0 : 1);
    const transcript = open ? message['transcript'] : '';
    return this.#turnInfo({ type: 'TurnInfo', event: 'Update', turn_index, transcript }, at);
  }

  /** The answer to `ForceEndTurn` at this moment of the call (flux.md §3.3). */
  forceEnd(at: number): BackendOutput {
    if (!this.#turn?.open) {
      return { type: 'Warning', code: 'FORCE_END_TURN_NO_ACTIVE_TURN', description: 'no turn was open' };
    }
    const { turn_index, transcript } = this.#turn.message;
    return this.#turnInfo({ type: 'TurnInfo', event: 'EndOfTurn', turn_index, transcript, trigger: 'manual' }, at);
  }

  #turnInfo(message: FluxMessage, at: number): FluxMessage {
    const { type, event } = message;
    const transcript = typeof message['transcript'] === 'string' ? message['transcript'] : '';
    if (message['turn_index'] !== this.#turn?.message['turn_index']) this.#begin();
    this.#windowEnd = seconds(at - this.from);
    const ended = event === 'EndOfTurn';
    const made = {
      type,
      event,
      audio_window_start: this.#windowStart,
      audio_window_end: this.#windowEnd,
      words: this.#words(transcript),
      end_of_turn_confidence: surely(message),
    };
    const told = withMore(ended ? withMore(made, { trigger: 'model' }) : made, message); // a row has the last word
    this.#turn = { message, open: !ended && (transcript !== '' || event === 'StartOfTurn') };
    return told;
  }

  #begin(): void {
    this.#windowStart = this.#windowEnd;
    this.#ends = [];
  }

  #words(transcript: string): FluxWord[] {
    if (transcript === '') return (this.#ends = []);
    const words = wordsIn(transcript);
    const known = this.#ends.slice(0, words.length);
    const added = words.length - known.length;
    const before = Math.max(known.at(-1) ?? this.#windowStart, this.#windowEnd - longestWord * added);
    const length = (this.#windowEnd - before) / added;
    for (let k = 1; k <= added; k++) known.push(before + k * length);
    this.#ends = known;
    const first = Math.max(this.#windowStart, (known[0] ?? 0) - longestWord);
    return words.map((word, k) => ({
      word,
      confidence: 0.98,
      start: round(known[k - 1] ?? first),
      end: round(known[k] ?? this.#windowEnd),
    }));
  }
}

/** A forced or timed-out end keeps the low confidence it had. */
function surely({ event, trigger }: FluxMessage): number {
  if (trigger === 'manual' || trigger === 'timeout') return 0.2;
  return confidences[String(event)] ?? 0.05;
}

function seconds(ms: number): number {
  return round(ms / 1000);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
