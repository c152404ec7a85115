import type { Page } from 'playwright-core';

/** A stretch in which the page could not answer, in ms since it was asked for. */
export interface LongTask {
  readonly at: number;
  readonly duration: number;
}

declare global {
  interface Window {
    pace: { tasks: () => LongTask[]; paintedMs?: number };
  }
}

/** Has a page measure itself from its first script on. */
export async function watchPace(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: LongTask[] = [];
    const add = (entries: PerformanceEntryList) =>
      seen.push(...entries.map(({ startTime, duration }) => ({ at: startTime, duration })));
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'longtask', buffered: true });
    window.pace = {
      tasks: () => {
        add(observer.takeRecords());
        return seen.splice(0);
      },
    };
    addEventListener('load', () => requestAnimationFrame(() => setTimeout(() => (window.pace.paintedMs = performance.now()))));
  });
}

/** Milliseconds from the navigation to the first frame after `load`: the page is there, and can be used. */
export async function loadedMs(page: Page): Promise<number> {
  return page.evaluate(() => window.pace.paintedMs ?? Infinity);
}

/**
 * The tasks of 50 ms and more since the page was opened, or since the last time it was asked. Chromium may leave out the
 * first task of all, in which it begins to measure: that one is in `loadedMs`.
 */
export async function longTasks(page: Page): Promise<readonly LongTask[]> {
  // A task is known only when it is over and the next has begun.
  return page.evaluate(() => new Promise<LongTask[]>((resolve) => setTimeout(() => resolve(window.pace.tasks()))));
}
