import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { describe } from 'vitest';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Chromium starts without dialogs, and makes no requests of the browser itself. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Returns the path in `CHROMIUM`, even if the file is missing. Without it, returns the first Chromium on the `PATH`. */
export function whereChromiumIs({ CHROMIUM, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (CHROMIUM) return CHROMIUM;
  return PATH.split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
}

const executablePath = whereChromiumIs(process.env);

/** A `describe` whose tests are skipped if there is no Chromium. A warning names the reason. */
export const inChromium = describe.skipIf(executablePath === undefined);

if (executablePath === undefined)
  console.warn('No Chromium on the PATH: browser tests are skipped. Run `apt install chromium`, or set CHROMIUM to its path.');

/** Starts Chromium without a window. Its temporary profile is deleted when it is closed. */
export function launched(): Promise<Browser> {
  if (executablePath === undefined) return Promise.reject(new Error('There is no Chromium: put the test inside `inChromium`.'));
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
