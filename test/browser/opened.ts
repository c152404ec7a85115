import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect, it as base } from 'vitest';
import { launched } from './chromium.ts';
import { watchPace } from './framePace.ts';

/** The window, device and settings of a viewer. */
export interface Viewer {
  /** Default `'light'`. */
  readonly theme?: 'light' | 'dark';
  /** The width of the window in CSS pixels. Default 1280. Below 600 it is a phone, with touch and `<meta name="viewport">`. */
  readonly width?: number;
  /** Default 800. */
  readonly height?: number;
  /** Whether the viewer prefers reduced motion. Default false. */
  readonly reducedMotion?: boolean;
  /** Whether the page is printed. Default false. */
  readonly print?: boolean;
  /** Files that the page may load besides itself. Default none. */
  readonly linked?: readonly URL[];
}

/** Opens a file or HTML. The page it returns is loaded and has been painted once. */
export type Opened = (source: URL | string, viewer?: Viewer) => Promise<Page>;

/**
 * Vitest's `it` with `opened`, which opens pages. Each test file has one browser, and each page has a fresh profile.
 *
 * A test fails if one of its pages logs a warning or an error, throws, or requests anything but itself and `data:` and
 * `blob:` URLs. These events are listed in `faults`; a test that expects some removes them: `faults.splice(0)`.
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
      watchFaults(page, [url, ...(viewer.linked ?? [])], faults);
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

/** Adds the faults of a page to a list, as they occur. */
function watchFaults(page: Page, allowed: readonly URL[], faults: string[]): void {
  // Playwright does not report requests for `data:` URLs
  const mayLoad = (url: string) => url.startsWith('blob:') || allowed.some(({ href }) => href === url.replace(/#.*$/su, ''));
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

/** Closes a page after it has reported its last events. */
async function closed(page: Page): Promise<void> {
  if (!page.isClosed()) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve))).catch(() => undefined);
  await page.context().close();
}
