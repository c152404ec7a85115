import { scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Call } from './callModel.ts';
import { draw } from './drawing.ts';
import { drawing, element } from './elements.ts';
import { chartHeight, lanes } from './lanes.ts';

/** A sheet of paper is so wide, in CSS pixels, and so much of a call stands on it side by side. */
const paperWidth = 960;
const paperMs = 16_000;
/** No more paper than this: longer calls are drawn smaller. */
const mostStrips = 60;

/** On paper the call goes from strip to strip. */
export function strips(call: Call): HTMLElement {
  const paper = element('div', { class: 'strips', 'aria-hidden': 'true' });
  window.addEventListener('beforeprint', () => {
    const stripMs = Math.max(paperMs, call.durationMs / mostStrips);
    const count = Math.ceil(call.durationMs / stripMs);
    paper.replaceChildren(
      ...Array.from({ length: count }, (_, index) => {
        const [from, to] = [index * stripMs, (index + 1) * stripMs];
        const svg = drawing();
        const pixelsPerMs = paperWidth / stripMs;
        const x = scaleLinear([from, to], [0, paperWidth]);
        draw(svg, call, { from, to: Math.min(to, call.durationMs + 1), pixelsPerMs, x });
        for (const { name, top } of lanes) {
          select(svg)
            .append('text')
            .attr('class', 'tiny')
            .attr('y', top + 8)
            .text(name);
        }
        svg.setAttribute('viewBox', `0 0 ${paperWidth} ${chartHeight}`);
        svg.removeAttribute('width');
        svg.removeAttribute('height');
        return svg;
      }),
    );
  });
  window.addEventListener('afterprint', () => paper.replaceChildren());
  return paper;
}
