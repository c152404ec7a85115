import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { promisify } from 'node:util';
import { pad } from '../src/cli/terminalText.ts';
import type { Figure } from './figure.ts';
import { generatedCalls } from './generatedCalls.ts';
import { hourCall } from './hourCall.ts';
import { importSluice, importTesting } from './imports.ts';
import { pastTheCodecs } from './pastTheCodecs.ts';
import { realTime } from './realTime.ts';
import { reconnect } from './reconnectBench.ts';
import { timelineLoad, timelineScroll } from './timelinePage.ts';

// `npm run bench` measures all figures, one process after the other; `npm run bench -- import` those with that word in their name.
// It measures the built package: `bench/tsconfig.json` does not map its names to the sources.

const figures: readonly Figure[] = [
  hourCall,
  realTime,
  generatedCalls,
  pastTheCodecs,
  reconnect,
  importSluice,
  importTesting,
  timelineLoad,
  timelineScroll,
];

const [what = '', core] = process.argv.slice(2);
if (core === undefined) await table(figures.filter((figure) => figure.what.includes(what)));
else console.log(await figures.find((figure) => figure.what === what)?.measure(Number(core)));

async function table(figures: readonly Figure[]): Promise<void> {
  console.log(`${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`);
  show('figure', 'target', 'measured', 'ratio');
  for (const figure of figures) {
    const measured = await measure(figure);
    const { what, unit, atMost, atLeast } = figure;
    const target = atMost ?? atLeast;
    const ratio = atMost === undefined ? measured / (atLeast ?? NaN) : atMost / measured;
    show(
      what,
      target === undefined ? '' : `${atMost === undefined ? '≥' : '≤'} ${shown(target)} ${unit}`,
      `${shown(measured)} ${unit}`,
      target === undefined ? '' : `${ratio.toFixed(2)}${ratio < 1 ? '  not reached' : ''}`,
    );
  }
  console.log('\nA ratio of 1 or above reaches the target.');
}

/** Returns the sum of the results of all cores. */
async function measure({ what, onEveryCore = false }: Figure): Promise<number> {
  const cores = Array.from({ length: onEveryCore ? availableParallelism() : 1 }, (_, core) => core);
  const results = await Promise.all(cores.map((core) => inProcess(what, core)));
  return results.reduce((sum, value) => sum + value, 0);
}

async function inProcess(what: string, core: number): Promise<number> {
  const self = [...process.execArgv, import.meta.filename, what, String(core)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, self);
    return Number(stdout);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return NaN;
  }
}

function show(what: string, target: string, measured: string, ratio: string): void {
  console.log(`${pad(what, 55)}${pad(target, 18)}${pad(measured, 18)}${ratio}`.trimEnd());
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
}
