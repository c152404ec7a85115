import { basename } from 'node:path';
import { SluiceError } from '../../errors.ts';
import { asTest } from '../../record/asTest/asTest.ts';
import { marbles as drawn } from '../../record/marbles.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { legendIn } from '../legend.ts';
import { colorsFor } from '../paint.ts';
import { recordingOf } from '../recordingOf.ts';

export interface MarblesFlags {
  readonly turn?: string;
  readonly test?: boolean;
}

/** `sluice marbles`: a recording, or one turn of it, as a marble diagram or as a vitest file. */
export function marbles(file: string, { turn, test = false }: MarblesFlags): number {
  const { stdout } = process;
  const recording = recordingOf(file);
  const width = stdout.isTTY ? stdout.columns || 80 : 120;
  const which = { ...(turn !== undefined && { turn }) };
  try {
    if (test) {
      stdout.write(asTest(recording, { ...which, name: basename(file) }));
      return exitCodes.done;
    }
    const lines = drawn(recording, { width, ...which });
    stdout.write(`${[...lines, ...legendIn(width).map(colorsFor(stdout).dim)].join('\n')}\n`);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'no-turn') throw usageError(error.message);
    throw error;
  }
  return exitCodes.done;
}
