import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { median, type Figure } from './figure.ts';

const root = resolve(import.meta.dirname, '..');

/** Returns the time to import this entry of the built package after RxJS, in ms. */
function measured(entry: string): number {
  const program = `
    await import('rxjs');
    const began = performance.now();
    await import('${entry}');
    console.log(performance.now() - began);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  return Number(output);
}

const figure = (entry: string, atMost?: number): Figure => ({
  what: `import '${entry}', once RxJS is there`,
  unit: 'ms',
  ...(atMost !== undefined && { atMost }),
  measure: () => median(Array.from({ length: 9 }, () => measured(entry))),
});

export const importSluice = figure('sluice', 60);
export const importTesting = figure('sluice/testing');
