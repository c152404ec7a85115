import type { TurnRow } from './turnStory.ts';
import type { Arbitrary, FastCheck } from './fastCheck.ts';

/** The ways to spoil a row. */
const mishaps = {
  lost: () => [],
  twice: (row) => [row, row],
  emptied: (row) => [withTranscript(row, '')],
  dots: (row) => [withTranscript(row, '...')],
  reworded: (row) => [withTranscript(row, 'something else')],
  ofTheNext: (row) => [ofTurn(row, 1)],
  ofTheLast: (row) => [ofTurn(row, -1)],
  again: (row) => [row, { ...row, at: row.at + 400 }],
} as const satisfies Record<string, (row: TurnRow) => readonly TurnRow[]>;

/** One spoiled row: its index (modulo the number of rows), and how. */
export interface Mishap {
  readonly row: number;
  readonly what: keyof typeof mishaps;
}

export function misorders(fc: FastCheck): Arbitrary<Mishap> {
  return fc.record({ row: fc.nat(20), what: fc.constantFrom(...(Object.keys(mishaps) as Mishap['what'][])) });
}

/** Spoils rows; the result is in order of time. */
export function misorder(rows: readonly TurnRow[], wrong: readonly Mishap[]): readonly TurnRow[] {
  return wrong
    .reduce<readonly TurnRow[]>((list, { row, what }) => {
      const hit = list.length === 0 ? 0 : row % list.length;
      return list.flatMap((one, k) => (k === hit ? mishaps[what](one) : [one]));
    }, rows)
    .toSorted((one, other) => one.at - other.at);
}

function withTranscript({ at, message }: TurnRow, transcript: string): TurnRow {
  return { at, message: { ...message, transcript } };
}

function ofTurn({ at, message }: TurnRow, by: number): TurnRow {
  return { at, message: { ...message, turn_index: Math.max(0, message.turn_index + by) } };
}
