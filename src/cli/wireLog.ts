import { from, NEVER } from 'rxjs';
import { isRecord, type JsonObject } from '../../operators/core/json.ts';
import { listenPeer } from '../emulator/listen/listen.ts';
import { defaultSettings } from '../emulator/listen/listenSettings.ts';
import type { BackendOutput } from '../emulator/backend.ts';
import { parseScenario } from '../emulator/scenario/parseScenario.ts';
import { readJson } from '../emulator/scenario/readJson.ts';
import type { FluxRow } from '../emulator/scenario/scenario.ts';
import { isLoss, FluxScript } from '../emulator/scenario/fluxScript.ts';
import { usageError } from './subcommand.ts';

/** A message of Flux and the number of its line, from 1. */
export interface Logged {
  readonly line: number;
  /** A message, or the text of a frame. */
  readonly message: unknown;
  /** The message is not in the log: the emulator sends it before the message of this line. */
  readonly added?: true;
}

/**
 * Reads a log of Flux: one message a line, bare or as `{ at, message }`. The rows of a scenario leave out `Connected` and the
 * numbers of the messages; the emulator plays them and adds both. Any other line ends the command.
 */
export function wireLog(text: string, name: string): readonly Logged[] {
  const lines = linesOf(text, name);
  if (lines.length === 0) return [];
  return lines.every(isRow) ? playedBy(lines, parseScenario(text, name).flux ?? []) : lines.flatMap(logged);
}

interface Line {
  readonly line: number;
  readonly value: JsonObject;
}

function linesOf(text: string, name: string): readonly Line[] {
  return text.split('\n').flatMap((row, index) => {
    if (row.trim() === '') return [];
    const { value } = readJson(row, name, index);
    if (isRecord(value) && (isLogged(value) || isMessage(value))) return [{ line: index + 1, value }];
    throw usageError(`${name}:${index + 1}: must be a message of Flux with its type, or { at, message }.`);
  });
}

/** A lost connection has no message of its own: a `Connected` follows it. */
function logged({ line, value }: Line): readonly Logged[] {
  if (isMessage(value)) return [{ line, message: value }];
  if (value['drop'] === true) return [];
  return [{ line, message: isRecord(value['error']) ? { type: 'Error', ...value['error'] } : value['message'] }];
}

/** The messages of each connection of a scenario, as the emulator plays it until a connection is lost for good. */
function playedBy(lines: readonly Line[], flux: readonly FluxRow[]): readonly Logged[] {
  const script = new FluxScript(flux);
  const wire: Logged[] = [];
  let row = 0;
  do {
    const { rows, player } = script.connect();
    const lost = rows.findIndex(isLoss);
    const played = lost < 0 ? rows : rows.slice(0, lost + 1);
    const frames = framesOf(
      played.map((row) => player.play(row)),
      `connection ${row}`,
    );
    frames.forEach((message, index) => {
      const line = lines[row + Math.max(0, index - 1)]?.line ?? lines.length;
      wire.push({ line, message, ...(index === 0 && { added: true }) });
    });
    row += played.length;
  } while (script.droppedAt !== undefined);
  return wire;
}

function framesOf(outputs: readonly BackendOutput[], requestId: string): readonly string[] {
  const frames: string[] = [];
  const peer = listenPeer({ listen: () => () => from(outputs), settings: defaultSettings, requestId });
  peer(NEVER).subscribe((frame) => typeof frame === 'string' && frames.push(frame));
  return frames;
}

function isRow({ value }: Line): boolean {
  const { message } = value;
  if (!isLogged(value) || typeof message === 'string') return false;
  return !isRecord(message) || !(message['type'] === 'Connected' || 'sequence_id' in message);
}

function isLogged({ at, message, error, drop }: JsonObject): boolean {
  if (typeof at !== 'number') return false;
  return typeof message === 'string' || (isRecord(message) && isMessage(message)) || isRecord(error) || drop === true;
}

const isMessage = (value: JsonObject) => typeof value['type'] === 'string';
