import type { Page } from 'playwright-core';

/** A task that blocked the page, in ms since the navigation. */
export interface LongTask {
  readonly at: number;
  readonly duration: number;
}

declare global {
  interface Window {
    pace: { tasks: () => LongTask[]; paintedMs?: number };
  }
}

/** Measures long tasks and the first paint of a page, from its first script on. */
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

/** Milliseconds from the navigation to the first frame after `load`: the page can be used. */
export async function loadedMs(page: Page): Promise<number> {
  return page.evaluate(() => window.pace.paintedMs ?? Infinity);
}

/**
 * Returns the tasks of 50 ms and more since the page was opened, or since the last call. Chromium may leave out the very first
 * task, in which it starts to measure: `loadedMs` includes that one.
 */
export async function longTasks(page: Page): Promise<readonly LongTask[]> {
  // A task is reported only after the next one has started.
  return page.evaluate(() => new Promise<LongTask[]>((resolve) => setTimeout(() => resolve(window.pace.tasks()))));
}
