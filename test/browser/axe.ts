import axeCore, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    axe: { run: (options: { resultTypes: ['violations'] }) => Promise<AxeResults> };
  }
}

/** What axe finds serious or critical, each as "serious color-contrast: .note", one for each element. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ impact, id, nodes }) => nodes.map(({ target }) => `${impact} ${id}: ${target.join(' ')}`));
}
