import { scaleLinear } from 'd3-scale';
import type { CallModel } from './callModel.ts';
import { drawView } from './drawView.ts';
import { add, element, svg } from './elements.ts';
import { chartHeight, lanes } from './lanes.ts';

/** The width of a sheet of paper in CSS pixels, and the part of the call that one strip shows. */
const paperWidth = 960;
const stripMs = 16_000;
/** The strips of a longer call are drawn smaller. */
const mostStrips = 60;

/** An element that is filled for printing: the call in strips, one under another. */
export function printStrips(call: CallModel): HTMLElement {
  const paper = element('div', { class: 'strips', 'aria-hidden': 'true' });
  window.addEventListener('beforeprint', () => {
    const lengthMs = Math.max(stripMs, call.durationMs / mostStrips);
    const count = Math.ceil(call.durationMs / lengthMs);
    paper.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const [from, to] = [index * lengthMs, (index + 1) * lengthMs];
        const strip = svg('svg', { viewBox: `0 0 ${paperWidth} ${chartHeight}`, 'aria-hidden': 'true' });
        const x = scaleLinear([from, to], [0, paperWidth]);
        drawView(strip, call, { from, to: Math.min(to, call.durationMs + 1), pixelsPerMs: paperWidth / lengthMs, x });
        for (const { name, top } of lanes) add(strip, 'text', { class: 'tiny', y: top + 8 }, name);
        strip.removeAttribute('width');
        strip.removeAttribute('height');
        return strip;
      }),
    );
  });
  window.addEventListener('afterprint', () => paper.replaceChildren());
  return paper;
}
