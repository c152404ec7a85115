import type { FluxRow } from '../../emulator/scenario/scenario.ts';

/** How a turn is said: a word at the start, one more at each step, the rest at the end. Gaps are ms. */
export interface TurnStory {
  /** Before it starts. */
  readonly gap: number;
  readonly words: readonly string[];
  /** `eager`: Flux takes the turn to be over; if more is said it is resumed. */
  readonly steps: readonly { readonly gap: number; readonly eager: boolean }[];
  /** After the last step. */
  readonly end: number;
  /** Whether the end is written with a capital letter and a full stop. */
  readonly written: boolean;
  /** Whether the end has another last word than was heard before, which Flux does not do. */
  readonly other: boolean;
}

/** A `TurnInfo` row, with the fields that the tests of a story need. */
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

/** The turns one after another, as Flux would tell them (flux.md §5). */
export function told(turns: readonly TurnStory[]): readonly TurnRow[] {
  const rows: TurnRow[] = [];
  let at = 0;
  turns.forEach(({ gap, words, steps, end, written, other }, turn_index) => {
    let said = 1;
    let eager = false;
    const tell = (event: string, write = (text: string) => text) => {
      const transcript = write(words.slice(0, said).join(' '));
      rows.push({ at, message: { type: 'TurnInfo', event, turn_index, transcript } });
    };
    /** Another word, if there is one; what was taken to be the end was none then. */
    const grow = () => {
      const more = said < words.length;
      if (more) said++;
      if (eager && more) {
        eager = false;
        tell('TurnResumed');
        return true;
      }
      return false;
    };

    at += gap;
    tell('StartOfTurn');
    for (const step of steps) {
      at += step.gap;
      const resumed = grow();
      if (step.eager && !resumed && !eager) {
        eager = true;
        tell('EagerEndOfTurn');
      } else if (!resumed) tell('Update');
    }
    at += end;
    if (!eager) said = words.length;
    tell('EndOfTurn', (text) => {
      const final = other ? `${text} indeed` : text;
      return written ? asWritten(final) : final;
    });
  });
  return rows;
}

const asWritten = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
