import type { FluxRow } from '../../emulator/scenario/scenario.ts';

/** The course of a turn: a word at the start, one more at each step, the rest at the end. Gaps are in ms. */
export interface TurnStory {
  /** Before it starts. */
  readonly gap: number;
  readonly words: readonly string[];
  /** `eager`: Flux sends `EagerEndOfTurn`; another word resumes the turn. */
  readonly steps: readonly { readonly gap: number; readonly eager: boolean }[];
  /** After the last step. */
  readonly end: number;
  /** Whether the final transcript has a capital letter and a full stop. */
  readonly written: boolean;
  /** Whether the final transcript has one word more than the last one, which Flux does not do. */
  readonly other: boolean;
}

/** A `TurnInfo` row. */
export interface TurnRow {
  readonly at: number;
  readonly message: {
    readonly type: 'TurnInfo';
    readonly event: string;
    readonly turn_index: number;
    readonly transcript: string;
  };
}

export const isTurnRow = (row: FluxRow): row is TurnRow => 'message' in row && row.message.type === 'TurnInfo';

/** The rows that Flux would send for these turns (docs/wire/flux.md §5). */
export function turnRows(turns: readonly TurnStory[]): readonly TurnRow[] {
  const rows: TurnRow[] = [];
  let at = 0;
  turns.forEach(({ gap, words, steps, end, written, other }, turn_index) => {
    let count = 1;
    let eager = false;
    const add = (event: string, write = (text: string) => text) => {
      const transcript = write(words.slice(0, count).join(' '));
      rows.push({ at, message: { type: 'TurnInfo', event, turn_index, transcript } });
    };
    /** Adds another word, if there is one. Returns whether that resumed the turn after an eager end. */
    const grow = () => {
      if (count >= words.length) return false;
      count++;
      if (!eager) return false;
      eager = false;
      add('TurnResumed');
      return true;
    };

    at += gap;
    add('StartOfTurn');
    for (const step of steps) {
      at += step.gap;
      const resumed = grow();
      if (step.eager && !resumed && !eager) {
        eager = true;
        add('EagerEndOfTurn');
      } else if (!resumed) add('Update');
    }
    at += end;
    if (!eager) count = words.length;
    add('EndOfTurn', (text) => {
      const final = other ? `${text} indeed` : text;
      return written ? asWritten(final) : final;
    });
  });
  return rows;
}

const asWritten = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
