import axeCore, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    axe: { run: (options: { resultTypes: ['violations'] }) => Promise<AxeResults> };
  }
}

/** The serious and critical findings of axe, one for each element: `serious color-contrast: .note`. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ impact, id, nodes }) => nodes.map(({ target }) => `${impact} ${id}: ${target.join(' ')}`));
}
