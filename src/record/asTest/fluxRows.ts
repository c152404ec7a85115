import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { ControlRow, FluxRow } from '../../emulator/scenario/scenario.ts';
import { connectionsOf, frameOf, type Connection } from '../file/connections.ts';
import type { Line } from '../file/lines.ts';
import { messageOf } from '../messageOf.ts';
import type { Excerpt } from './excerpt.ts';

export interface FluxRowsConfig {
  readonly controls: readonly ControlRow[];
  /** Keeps updates that only some options look at. */
  readonly keepsAll: boolean;
}

type Row = FluxRow & { readonly at: number };

/** How long Flux may take to answer a `ForceEndTurn`. */
const forcedMs = 2000;

/**
 * Scripts Flux: its messages about turns that began in an excerpt, without those that change nothing, and its lost connections.
 * `reconnectMs`: the shortest gap between two connections, because longer ones include the wait before a retry.
 */
export function fluxRowsOf(
  lines: readonly Line[],
  { from, to, isWhole }: Excerpt,
  config: FluxRowsConfig,
): { readonly rows: readonly Row[]; readonly reconnectMs?: number } {
  const connections = connectionsOf(lines, 'listen');
  const isIn = ({ at }: { readonly at: number }) => at >= from && (isWhole ? at <= to : at < to);
  const lost = connections.flatMap(({ end }, index) => (end?.error && isIn(end) ? [{ at: end.at, index }] : []));
  const drops = lost.filter(({ index }) => !connections[index]?.rows.some(isFatal)).map(({ at }): Row => ({ at, drop: true }));
  const gaps = lost.flatMap(({ at, index }) => {
    const next = connections.slice(index + 1).find(({ open }) => open !== undefined)?.open;
    return next ? [Math.max(0, next.at - at)] : [];
  });
  const rows = [...connections.flatMap((connection) => messageRows(connection, from, config)).filter(isIn), ...drops];
  return {
    rows: rows.toSorted((one, other) => one.at - other.at),
    ...(gaps.length > 0 && { reconnectMs: Math.min(...gaps) }),
  };
}

function messageRows({ rows }: Connection, from: number, { controls, keepsAll }: FluxRowsConfig): readonly Row[] {
  const turns = new Map<number, { readonly beginAt: number; readonly transcript: string }>();
  return rows.flatMap((row): readonly Row[] => {
    const { at } = row;
    const message = messageIn(row) ?? {};
    const { type, event, turn_index, trigger, code, description } = message;
    if (type === 'Error') return [{ at, error: { code: String(code), ...(description !== undefined && { description }) } }];
    if (type !== 'TurnInfo' || typeof event !== 'string' || typeof turn_index !== 'number') return [];
    const transcript = typeof message['transcript'] === 'string' ? message['transcript'] : '';
    const { beginAt = at, transcript: before } = turns.get(turn_index) ?? {};
    if (event === 'Update' && (transcript === '' || (!keepsAll && (transcript === before || isLong(transcript))))) return [];
    turns.set(turn_index, { beginAt, transcript });
    const isForced = trigger === 'manual' && controls.some((one) => one.forceEndTurn && one.at <= at && one.at > at - forcedMs);
    if (beginAt < from || (isForced && transcript === before)) return [];
    const how = event === 'EndOfTurn' && typeof trigger === 'string' && trigger !== 'model' ? { trigger } : {};
    return [{ at, message: { type, event, turn_index, transcript, ...how } }];
  });
}

const messageIn = ({ way, frame }: Connection['rows'][number]) => (way === 'got' ? messageOf(frameOf(frame)) : undefined);
const isFatal = (row: Connection['rows'][number]) => messageIn(row)?.['type'] === 'Error';

/** The first words decide whether the agent is interrupted; later ones do not matter. */
const isLong = (transcript: string) => wordsIn(transcript).length > 8;
