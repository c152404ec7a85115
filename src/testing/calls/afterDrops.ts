import type { FluxRow } from '../../emulator/scenario/scenario.ts';
import type { TurnRow } from './turnStory.ts';

/**
 * Drops the connection right after some of the rows (modulo their number). Later rows wait for the next connection, which counts its
 * turns from 0 and repeats an open turn from its start.
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
    list.push(...(lost.has(k - 1) ? restarted(row) : [row]));
    if (!lost.has(k)) return;
    list.push({ at: row.at, drop: true });
    const next = rows[k + 1];
    if (!next) return;
    late = Math.max(late, row.at + reconnectMs - next.at);
    first = next.message.turn_index;
  });
  return list;
}

/** The first events of an open turn on a new connection. */
function restarted(row: TurnRow): readonly TurnRow[] {
  const start = { ...row, message: { ...row.message, event: 'StartOfTurn' } };
  return row.message.event.endsWith('EndOfTurn') ? [start, row] : [start];
}

/** Ends the rows with a fatal error right after one of them (modulo their number). */
export function withFatalError(rows: readonly FluxRow[], after: number | undefined): readonly FluxRow[] {
  if (after === undefined || rows.length === 0) return rows;
  const sent = rows.slice(0, (after % rows.length) + 1);
  const last = sent.at(-1);
  return last && !('drop' in last) ? [...sent, { at: last.at, error: { code: 'INTERNAL_SERVER_ERROR' } }] : sent;
}
