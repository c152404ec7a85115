import { isKind } from '../record/file/lines.ts';
import { readRecording } from '../record/file/readRecording.ts';
import { readContent } from './inputFile.ts';
import { wireLog } from './wireLog.ts';

/** The messages of Flux in a call, from a recording or a log. */
export interface FluxLog {
  readonly messages: readonly unknown[];
  /** Whether the confidence is made up, by a scenario or by the emulator's local backend. */
  readonly synthetic: boolean;
  /** Names the damaged lines, which are left out. */
  readonly damage?: string;
}

/** Reads a recording, or a log of messages like `sluice check`. */
export function fluxLog(file: string): FluxLog {
  const text = readContent(file, 'messages of Flux');
  return isRecording(text) ? ofRecording(text, file) : ofWireLog(text, file);
}

function ofRecording(text: string, file: string): FluxLog {
  const { header, lines, damage } = readRecording(text, file);
  const messages = lines.flatMap((line) =>
    isKind(line, 'got') && line.got.startsWith('listen') && 'text' in line ? [line.text] : [],
  );
  const synthetic = header.options.listen?.['emulated'] === true;
  return { messages, synthetic, ...(damage !== undefined && { damage }) };
}

/** A row without a confidence gets a made-up one from the emulator. */
function ofWireLog(text: string, file: string): FluxLog {
  const messages = wireLog(text, file).map(({ message }) => message);
  const synthetic = rowsOf(text).some((row) => row?.message?.type === 'TurnInfo' && !('end_of_turn_confidence' in row.message));
  return { messages, synthetic };
}

type Row = { readonly message?: { readonly type?: unknown } } | null;

const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((row) => row.trim() !== '')
    .map((row) => JSON.parse(row) as Row);

function isRecording(text: string): boolean {
  const [first = ''] = text.trimStart().split('\n', 1);
  return /^\{\s*"sluice"\s*:\s*"recording"/u.test(first.replace(/^\uFEFF/u, ''));
}
