import { expect } from 'vitest';
import { inChromium } from './chromium.ts';
import { colours, look } from './look.ts';
import { it } from './opened.ts';

const chart = new URL('../../docs/tuning.svg', import.meta.url);

inChromium('the chart of sluice tune', () => {
  it.for([
    ['light', '#ffffff'],
    ['dark', '#0d1117'],
  ] as const)('has the background of the %s theme, and sends no request', async ([theme, ground], { opened, faults }) => {
    const page = await opened(chart, { theme, width: 760, height: 480 });
    const [most, ...others] = await colours(page, await look(page, `tuning-${theme}`));

    expect(most).toBe(ground);
    expect(others.length).toBeGreaterThan(50);
    expect(faults).toEqual([]);
  });
});
