import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect, it as base } from 'vitest';
import { launched } from './chromium.ts';
import { watchPace } from './framePace.ts';

/** As whom a page is looked at. */
export interface Viewer {
  /** Defaults to `'light'`. */
  readonly theme?: 'light' | 'dark';
  /** Of the window, in CSS pixels. Defaults to 1280; under 600 it is a phone's, with touch and `<meta name="viewport">`. */
  readonly width?: number;
  /** Defaults to 800. */
  readonly height?: number;
  /** Whether movement is unwelcome. Defaults to false. */
  readonly reducedMotion?: boolean;
  /** As on paper, not on a screen. Defaults to false. */
  readonly print?: boolean;
  /** Files that the page may load beside itself. Defaults to none. */
  readonly linked?: readonly URL[];
}

/** Opens a file, or HTML as if it were one. What comes back is loaded, and painted once. */
export type Opened = (source: URL | string, viewer?: Viewer) => Promise<Page>;

/**
 * Vitest's `it` with `opened` for a test. There is one browser a file, and one profile a page.
 *
 * A test fails if one of its pages warns or errs on the console, throws, or asks for anything but itself and `data:` and
 * `blob:` URLs. `faults` has what it did of these; a test that expects some takes them out: `faults.splice(0)`.
 */
export const it = base
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await launched();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('faults', (): string[] => [])
  .extend('opened', async ({ browser, faults }, { onCleanup }): Promise<Opened> => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-page-'));
    const pages: Page[] = [];
    onCleanup(async () => {
      for (const page of pages) await closed(page);
      await rm(folder, { recursive: true });
      expect(faults).toEqual([]);
    });
    return async (source, viewer = {}) => {
      const url = typeof source === 'string' ? pathToFileURL(join(folder, `${pages.length}.html`)) : source;
      if (typeof source === 'string') await writeFile(url, source);
      const page = await newPage(browser, viewer);
      pages.push(page);
      listen(page, [url, ...(viewer.linked ?? [])], faults);
      await watchPace(page);
      await page.goto(url.href);
      await page.waitForFunction(() => window.pace.paintedMs !== undefined);
      return page;
    };
  });

async function newPage(browser: Browser, viewer: Viewer): Promise<Page> {
  const { theme = 'light', width = 1280, height = 800, reducedMotion = false, print = false } = viewer;
  const phone = width < 600;
  const context = await browser.newContext({
    viewport: { width, height },
    isMobile: phone,
    hasTouch: phone,
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  if (print) await page.emulateMedia({ media: 'print' });
  return page;
}

function listen(page: Page, own: readonly URL[], faults: string[]): void {
  // `data:` is not told of.
  const mayLoad = (url: string) => url.startsWith('blob:') || own.some(({ href }) => href === url.replace(/#.*$/su, ''));
  const context = page.context();
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`thrown: ${error.error().message}`));
  context.on('request', (request) => {
    if (!mayLoad(request.url())) faults.push(`request: ${request.url()}`);
  });
  page.on('websocket', (socket) => faults.push(`request: ${socket.url()}`));
  page.on('crash', () => faults.push('crashed'));
}

/** Closes a page once it has told all that it did until now. */
async function closed(page: Page): Promise<void> {
  if (!page.isClosed()) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve))).catch(() => undefined);
  await page.context().close();
}
