import type { FluxRow } from '../../emulator/scenario/scenario.ts';
import type { TurnRow } from './turnStory.ts';

/**
 * The connection is lost right after some of the rows (counted round). What comes later waits for the next connection, which counts
 * its turns from 0 and hears an open turn again, from its start.
 */
export function afterDrops(rows: readonly TurnRow[], after: readonly number[], reconnectMs: number): readonly FluxRow[] {
  const lost = new Set(rows.length === 0 ? [] : after.map((row) => row % rows.length));
  const list: FluxRow[] = [];
  let late = 0;
  let first = 0;
  rows.forEach(({ at, message }, k) => {
    const row: TurnRow = {
      at: at + late,
      message: { ...message, turn_index: Math.max(0, message.turn_index - first) },
    };
    list.push(...(lost.has(k - 1) ? again(row) : [row]));
    if (!lost.has(k)) return;
    list.push({ at: row.at, drop: true });
    const next = rows[k + 1];
    if (!next) return;
    late = Math.max(late, row.at + reconnectMs - next.at);
    first = next.message.turn_index;
  });
  return list;
}

/** The first that a new connection says of a turn. */
function again(row: TurnRow): readonly TurnRow[] {
  const start = { ...row, message: { ...row.message, event: 'StartOfTurn' } };
  return row.message.event.endsWith('EndOfTurn') ? [start, row] : [start];
}

/** Flux gives up right after one of the rows (counted round), if it does. */
export function givenUp(rows: readonly FluxRow[], after: number | undefined): readonly FluxRow[] {
  if (after === undefined || rows.length === 0) return rows;
  const told = rows.slice(0, (after % rows.length) + 1);
  const last = told.at(-1);
  return last && !('drop' in last) ? [...told, { at: last.at, error: { code: 'INTERNAL_SERVER_ERROR' } }] : told;
}
