import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { readRecording, recordingVersion } from 'sluice/record';
import { simulate } from 'sluice/testing';
import { timeline } from 'sluice/timeline';
import type { Figure } from './figure.ts';
import { callOf } from './hour.ts';

export const timelineLoad: Figure = {
  what: 'timeline page, 2000 turns: to its first picture',
  unit: 'ms',
  atMost: 3000,
  measure: () => opened(async (page) => page.evaluate<number>('window.paintedMs')),
};

export const timelineScroll: Figure = {
  what: 'timeline page, 2000 turns: longest task in use',
  unit: 'ms',
  atMost: 200,
  measure: () =>
    opened(async (page) => {
      await page.evaluate('window.tasks.length = 0');
      await page.getByRole('application').focus();
      for (let step = 0; step < 100; step++) await frame(page, `document.querySelector('.scroller').scrollLeft += ${step * 40}`);
      for (let step = 0; step < 14; step++) {
        await page.keyboard.press('-');
        await frame(page, '0');
      }
      return page.evaluate<number>('Math.max(0, ...window.tasks)');
    }),
};

const watching = `
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => (window.paintedMs = performance.now()))));
`;

const frame = (page: Page, does: string) =>
  page.evaluate(`new Promise((done) => { ${does}; requestAnimationFrame(() => setTimeout(done)); })`);

/** Opens the timeline page of a recorded call in a browser, measures it with `look` after its first paint, and returns the result. */
async function opened(look: (page: Page) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const file = join(folder, 'call.html');
    writeFileSync(file, timeline(recordedCall()));
    const page = await browser.newPage();
    await page.addInitScript(watching);
    await page.goto(`file://${file}`);
    await page.waitForFunction('window.paintedMs !== undefined && document.querySelector(".mark") !== null');
    return await look(page);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

function recordedCall() {
  const header = {
    sluice: 'recording',
    version: recordingVersion,
    time: new Date(0).toISOString(),
    versions: { sluice: '', node: '' },
    options: {},
  };
  const lines = simulate(callOf(2000)).events.map(({ type, ...rest }) => ({ ...rest, event: type }));
  return readRecording([header, ...lines].map((line) => JSON.stringify(line)));
}
