import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { FluxWord } from '../../flux/messages.ts';
import type { BackendOutput } from '../backend.ts';
import type { FluxMessage, FluxRow } from './scenario.ts';

/**
 * The rows of a scenario over the connections of a call. After a lost connection (a drop, an `error` or a fault) the next one
 * continues with the next row; any other connection starts at the first row.
 */
export class FluxScript {
  readonly #rows: readonly FluxRow[];
  #dropped: { readonly row: number; readonly at: number } | undefined;
  #played = 0;

  constructor(rows: readonly FluxRow[]) {
    this.#rows = rows;
  }

  /** When the last connection was lost, if the next one will continue from there. */
  get droppedAt(): number | undefined {
    return this.#dropped?.at;
  }

  /** The rows of a new connection, and their player. */
  connect(): { readonly rows: readonly FluxRow[]; readonly player: RowPlayer } {
    const { row, at } = this.#dropped ?? { row: 0, at: 0 };
    this.#dropped = undefined;
    let played = row;
    this.#played = played;
    const onPlay = (row: FluxRow) => {
      this.#played = ++played;
      if (isLoss(row)) this.#dropped = { row: played, at: row.at };
    };
    return { rows: this.#rows.slice(row), player: new RowPlayer(at, onPlay) };
  }

  /** Ends the connection. The next one begins a new call, unless this one was lost. */
  leave(): void {
    this.#played = 0;
  }

  /** Remembers the current row and time. Call the returned function when the connection is lost there. */
  mark(at: number): () => void {
    const row = this.#dropped?.row ?? this.#played;
    return () => (this.#dropped = { row, at });
  }
}

/** Whether the row ends the connection. */
export const isLoss = (row: FluxRow): boolean => !('message' in row);

/** Sends an `Update` after this much audio without a row. Flux sends one every 0.25 s (docs/flux/state). */
const updateMs = 5000;

/** The longest duration of a word without times, in seconds. */
const longestWord = 0.4;

/**
 * Turns the rows of one connection into messages of Flux: fills in missing fields, and ends the open turn on request.
 *
 * A word without times ends with the first row that contains it. Audio windows start where the connection took over (`from`, ms
 * of the call), since its audio clock starts there.
 */
export class RowPlayer {
  from: number;
  readonly #onPlay: (row: FluxRow) => void;
  #turn: { readonly message: FluxMessage; readonly open: boolean } | undefined;
  #ends: number[] = [];
  #windowStart = 0;
  #windowEnd = 0;
  /** The audio of this connection so far, and its length at the last message. */
  #audioMs = 0;
  #lastMessageMs = 0;

  constructor(from: number, onPlay: (row: FluxRow) => void) {
    this.from = from;
    this.#onPlay = onPlay;
  }

  /**
   * Sets the length of this connection's audio at a time of the call. A client may send audio again that it sent before the
   * loss. Returns whether an `Update` is due.
   */
  advance(ms: number, at: number): boolean {
    this.from = Math.min(this.from, at - ms);
    this.#audioMs = ms;
    return ms - this.#lastMessageMs >= updateMs;
  }

  play(row: FluxRow): BackendOutput {
    this.#lastMessageMs = this.#audioMs;
    this.#onPlay(row);
    if ('drop' in row) return { drop: true };
    if ('error' in row) return { type: 'Error', description: 'The scenario says so.', ...row.error };
    return row.message.type === 'TurnInfo' ? this.#turnInfo(row.message, row.at) : row.message;
  }

  /** An `Update` with the current turn. */
  update(at: number): BackendOutput {
    this.#lastMessageMs = this.#audioMs;
    const { message, open } = this.#turn ?? { message: { turn_index: -1 }, open: false };
    const turn_index = Number(message['turn_index']) + (open ? 0 : 1);
    const transcript = open ? message['transcript'] : '';
    return this.#turnInfo({ type: 'TurnInfo', event: 'Update', turn_index, transcript }, at);
  }

  /** The answer to `ForceEndTurn` (docs/wire/flux.md §3.3). */
  forceEnd(at: number): BackendOutput {
    if (!this.#turn?.open) {
      return { type: 'Warning', code: 'FORCE_END_TURN_NO_ACTIVE_TURN', description: 'no turn was open' };
    }
    const { turn_index, transcript } = this.#turn.message;
    return this.#turnInfo({ type: 'TurnInfo', event: 'EndOfTurn', turn_index, transcript, trigger: 'manual' }, at);
  }

  #turnInfo(row: FluxMessage, at: number): FluxMessage {
    const { type, event } = row;
    const transcript = typeof row['transcript'] === 'string' ? row['transcript'] : '';
    if (row['turn_index'] !== this.#turn?.message['turn_index']) {
      this.#windowStart = this.#windowEnd;
      this.#ends = [];
    }
    this.#windowEnd = round((at - this.from) / 1000);
    const ended = event === 'EndOfTurn';
    const defaults = {
      type,
      event,
      audio_window_start: this.#windowStart,
      audio_window_end: this.#windowEnd,
      words: this.#words(transcript),
      end_of_turn_confidence: confidenceOf(row),
      ...(ended && { trigger: 'model' }),
    };
    this.#turn = { message: row, open: !ended && (transcript !== '' || event === 'StartOfTurn') };
    return Object.assign(defaults, row);
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

/** The end-of-turn confidence of a row without one. A forced or timed-out end has a low confidence. */
function confidenceOf({ event, trigger }: FluxMessage): number {
  if (trigger === 'manual' || trigger === 'timeout') return 0.2;
  return event === 'EagerEndOfTurn' ? 0.5 : event === 'EndOfTurn' ? 0.8 : 0.05;
}

/** Seconds to the millisecond. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
