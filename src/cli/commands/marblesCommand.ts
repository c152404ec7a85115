import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Option } from 'commander';
import { SluiceError } from '../../errors.ts';
import { asTest, type AsTestConfig } from '../../record/asTest/asTest.ts';
import type { Recorded } from '../../record/file/readRecording.ts';
import { marbles as drawn } from '../../record/marbles.ts';
import { legend } from '../../testing/timingChart.ts';
import { exitCodes, type Subcommand, usageError } from '../subcommand.ts';
import { colorsFor } from '../colors.ts';
import { readRecordingFile } from '../inputFile.ts';
import { defined } from '../settings.ts';
import { columns, wrap } from '../terminalText.ts';
import { notEmpty } from '../valueParsers.ts';

interface MarblesFlags {
  readonly turn?: string;
  readonly test?: boolean;
  readonly output?: string;
}

export const marblesCommand: Subcommand = (command, ends) =>
  command
    .argument('<call.jsonl>', 'a recording of `sluice run`')
    .option('--turn <turn>', 'only one turn and its answer: its number in the call, from 1, or its id, like 0:3', notEmpty)
    .option('--test', 'print a vitest file that plays it and passes as it is, for you to change')
    .addOption(
      new Option('-o, --output <file.test.ts>', 'write that test to a file, and its scenario beside it')
        .argParser(notEmpty)
        .implies({ test: true }),
    )
    .action((file: string, flags: MarblesFlags) => ends(marbles(file, flags)));

function marbles(file: string, { turn, test = false, output }: MarblesFlags): number {
  const { stdout } = process;
  const recording = readRecordingFile(file);
  const width = columns(120);
  const config = defined({ turn });
  try {
    if (test) {
      const named = { ...config, name: basename(file) };
      stdout.write(output === undefined ? asTest(recording, named).test : writeTest(recording, named, output));
      return exitCodes.done;
    }
    const lines = drawn(recording, { width, ...config });
    stdout.write(`${[...lines, ...wrap(legend, width, '  ').map(colorsFor(stdout).dim)].join('\n')}\n`);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'no-turn') throw usageError(error.message);
    throw error;
  }
  return exitCodes.done;
}

/** Writes a test and, beside it, its scenario. Never over a file: both are there to be changed. Returns what it has written. */
function writeTest(recording: Recorded, config: AsTestConfig, output: string): string {
  const file = `${basename(output).replace(/(\.test)?\.[cm]?[jt]s$/, '')}.json`;
  const scenarioPath = join(dirname(output), file);
  for (const path of [output, scenarioPath])
    if (existsSync(path)) throw usageError(`${path} exists already: name another file with -o.`);
  const { scenario, test } = asTest(recording, { ...config, file });
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(scenarioPath, `${scenario}\n`);
  writeFileSync(output, test);
  return `The test: ${output}\nThe scenario: ${scenarioPath}\n`;
}
