import type { FluxRow } from '../../emulator/scenario.ts';
import type { TurnRow } from './turnStory.ts';

/**
 * The connection is lost right after some of the rows (counted round). What comes later waits for the next connection, which counts
 * its turns from 0.
 */
export function afterDrops(rows: readonly TurnRow[], after: readonly number[], reconnectMs: number): readonly FluxRow[] {
  const lost = new Set(rows.length === 0 ? [] : after.map((row) => row % rows.length));
  const list: FluxRow[] = [];
  let late = 0;
  let first = 0;
  rows.forEach((row, k) => {
    const at = row.at + late;
    list.push(placed(row, at, first));
    if (!lost.has(k)) return;
    list.push({ at, drop: true });
    const next = rows[k + 1];
    if (!next) return;
    late = Math.max(late, at + reconnectMs - next.at);
    first = next.message.turn_index;
  });
  return list;
}

function placed({ message }: TurnRow, at: number, first: number): TurnRow {
  return { at, message: { ...message, turn_index: Math.max(0, message.turn_index - first) } };
}
