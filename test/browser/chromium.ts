import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { describe } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Quiet, and never on the network of its own accord. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is: what `CHROMIUM` names, be it there or not; else the first that is found on the `PATH`. */
export function whereChromiumIs({ CHROMIUM, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (CHROMIUM) return CHROMIUM;
  return PATH.split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
}

const executablePath = whereChromiumIs(process.env);

/** A `describe` whose tests are skipped, with a line that says why, where there is no Chromium. */
export const inChromium = describe.skipIf(executablePath === undefined);

if (executablePath === undefined)
  console.warn('No Chromium on the PATH: pages are not looked at. `apt install chromium`, or name one in CHROMIUM.');

/** Chromium without a window and with a profile of its own, which is gone when it is closed. */
export function launched(): Promise<Browser> {
  if (executablePath === undefined) return Promise.reject(new Error('There is no Chromium: put the test in `inChromium`.'));
  return chromium.launch({ executablePath, args });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
