import { SluiceError } from '../errors.ts';
import { marbles as drawn } from '../record/marbles.ts';
import { exitCodes, usageError } from './commandError.ts';
import { legendIn } from './legend.ts';
import { colorsFor } from './paint.ts';
import { recordingOf } from './recordingOf.ts';

/** `sluice marbles`: a recording, or one turn of it, as a marble diagram. */
export function marbles(file: string, { turn }: { readonly turn?: string }): number {
  const { stdout } = process;
  const recording = recordingOf(file);
  const width = stdout.isTTY ? stdout.columns || 80 : 120;
  try {
    const lines = drawn(recording, { width, ...(turn !== undefined && { turn }) });
    stdout.write(`${[...lines, ...legendIn(width).map(colorsFor(stdout).dim)].join('\n')}\n`);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'no-turn') throw usageError(error.message);
    throw error;
  }
  return exitCodes.done;
}
