import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ScoredThresholds } from '../../record/tune/scoredThresholds.ts';
import { tune as tuned, type Tuning } from '../../record/tune/tune.ts';
import { exitCodes, type Subcommand } from '../subcommand.ts';
import { reportDamage } from '../inputFile.ts';
import { defined } from '../settings.ts';
import { fluxLog } from '../fluxLog.ts';
import { colorsFor } from '../colors.ts';
import { count, table, wrap } from '../terminalText.ts';
import { notEmpty, wholeNumberBetween } from '../valueParsers.ts';

interface TuneFlags {
  readonly output?: string;
  readonly ready?: number;
  readonly cutOff?: number;
  readonly wasted?: number;
  readonly seed?: number;
  readonly synthetic?: boolean;
  readonly json?: boolean;
}

export const tuneCommand: Subcommand = (command, ends) =>
  command
    .argument('<files.jsonl...>', 'recordings, or messages of Flux as `sluice check` reads them')
    .option('-o, --output <file.svg>', 'write a chart of waits against cut-offs', notEmpty)
    .option('--ready <ms>', 'time from a model call to the first sound (default: 320)', wholeNumberBetween(0, 60_000))
    .option(
      '--cut-off <ms>',
      'how much longer a caller would wait rather than be cut off (default: 3000)',
      wholeNumberBetween(0, 600_000),
    )
    .option(
      '--wasted <ms>',
      'how much sooner an answer must be to be worth a wasted model call (default: 100)',
      wholeNumberBetween(0, 600_000),
    )
    .option('--seed <number>', 'seed of the samples that the ranges come from (default: 1)', wholeNumberBetween(0, 2 ** 31))
    .option('--synthetic', "mark the confidence as made up, as the emulator's is: nothing can be tuned by it")
    .option('--json', 'print the result as one JSON object')
    .action(async (files: readonly string[], flags: TuneFlags) => ends(await tune(files, flags)));

/** Exit code 1 if there is not enough evidence. */
async function tune(files: readonly string[], flags: TuneFlags): Promise<number> {
  const logs = files.map((file) => ({ file, ...fluxLog(file) }));
  logs.forEach(reportDamage);
  const { ready, cutOff, wasted, seed, synthetic = false, json = false, output } = flags;
  const tuning = tuned(
    logs.map((log) => ({ messages: log.messages, synthetic: synthetic || log.synthetic })),
    defined({ readyMs: ready, cutOffMs: cutOff, wastedMs: wasted, seed }),
  );
  const drawn = output !== undefined && tuning.front.length > 0;
  if (drawn) {
    const { tuneChart } = await import('../../record/tune/tuneChart.ts');
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, tuneChart(tuning));
  }
  const lines = json ? [JSON.stringify(tuning)] : [...humanLines(tuning), ...(drawn ? ['', `The chart: ${output}`] : [])];
  process.stdout.write(`${lines.join('\n')}\n`);
  return tuning.recommendation === null ? exitCodes.failed : exitCodes.done;
}

function humanLines({ calls, turns, byEot, recommendation, notEnough, defaults }: Tuning): readonly string[] {
  const colors = colorsFor(process.stdout);
  const of = `${count(turns, 'turn')} of ${count(calls, 'call')}`;
  if (recommendation === null) return [...thresholdTable(byEot), `${of}: ${notEnough ?? 'not enough evidence'}.`];
  const { eotThreshold, eagerEotThreshold, eotTimeoutMs, within, reasons } = recommendation;
  const range = (interval: readonly [number, number] | null) => (interval ? ` (${interval[0]} to ${interval[1]})` : '');
  const eager =
    eagerEotThreshold === undefined ? 'no --eager-eot' : `--eager-eot ${eagerEotThreshold}${range(within.eagerEotThreshold)}`;
  const unknown = `Flux's default is unknown for ${(defaults.unknown * 100).toFixed(1)} % of turns: they had ended before.`;
  return [
    `${of}. Each row is an eot threshold with the eager one that goes best with it:`,
    '',
    ...thresholdTable(
      byEot.map((one) => (one.eotThreshold === eotThreshold ? recommendation : one)),
      recommendation,
    ),
    '',
    colors.bold(`Recommended: --eot ${eotThreshold}${range(within.eotThreshold)}, ${eager}, --eot-timeout ${eotTimeoutMs}`),
    ...reasons.flatMap((reason) => wrap(reason, 96).map((row, index) => (index === 0 ? `- ${row}` : `  ${row}`))),
    '',
    ...wrap(
      `In brackets: the best thresholds in 9 of 10 samples of these turns. Flux reports its confidence about every 250 ms. Times are ` +
        `exact to that; between two reports the confidence is taken to rise evenly.`,
      98,
    ).map(colors.dim),
    ...(defaults.unknown > 0 ? wrap(unknown, 98).map(colors.dim) : []),
  ];
}

function thresholdTable(rows: readonly ScoredThresholds[], best?: ScoredThresholds): readonly string[] {
  if (rows.length === 0) return [];
  return table(
    ['', 'eot', 'eager', 'end\nms', 'draft\nms', 'sound\nms', 'cut off\n%', 'wasted\na turn', 'cost\nms'],
    rows.map((one) => [
      one === best ? '>' : '',
      one.eotThreshold.toFixed(3),
      one.eagerEotThreshold?.toFixed(3) ?? 'off',
      Math.round(one.endMs),
      one.eagerEotThreshold === undefined ? '-' : Math.round(one.eagerMs),
      Math.round(one.waitMs),
      (one.cutOffs * 100).toFixed(1),
      one.wasted.toFixed(2),
      Math.round(one.costMs),
    ]),
  );
}
