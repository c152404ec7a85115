import type { AgentEvent } from '../../../operators/events.ts';
import { inWords } from '../../record/inWords.ts';
import { clock } from './clock.ts';
import { add, round } from './elements.ts';
import { heightOf, letterOf } from './eventLooks.ts';
import type { Span } from './span.ts';

/** The part of the call that is drawn, and its scale. */
export interface View extends Span {
  /** Pixels from the left, for a time in the call. */
  readonly x: (at: number) => number;
  readonly pixelsPerMs: number;
}

const radius = 8;
export const widthOfMarble = 2 * radius;
/** How far, in pixels, a marble may be drawn after its time. */
const farthest = 10 * radius;

/** The drawing of an event. Pointing at it shows the event in the inspector. */
export function markOf(parent: SVGElement, event: AgentEvent): SVGElement {
  return add(parent, 'g', {
    class: `mark ${event.type}${event.type === 'Failure' && !event.recovered ? ' fatal' : ''}`,
    'data-event': event.id,
    role: 'img',
    'aria-label': `${clock(event.at)} ${inWords(event)}`,
  });
}

/** Stores where a mark is drawn, for the ring and the arrow that point at it. */
export function place(mark: SVGElement, left: number, top: number): SVGElement {
  mark.setAttribute('data-place', `${round(left)} ${round(top)}`);
  return mark;
}

/** Where the mark of an event is drawn, if it is. */
export function placeOf(chart: SVGElement, { id }: AgentEvent): readonly [left: number, top: number] | undefined {
  const stored = chart.querySelector(`[data-event="${id}"][data-place]`)?.getAttribute('data-place')?.split(' ').map(Number);
  return stored && [stored[0] ?? 0, stored[1] ?? 0];
}

/** Draws events as marbles in their lane, or as a crowd. */
export function marbles(parent: SVGElement, events: readonly AgentEvent[], view: View): void {
  if (drawnAsCrowd(parent, events, view)) return;
  const { x } = view;
  let last = -Infinity;
  for (const event of events) {
    // marbles of the same time are drawn side by side, so that each can be pointed at
    const at = Math.max(x(event.at), x(0) + radius + 1);
    last = Math.max(at, Math.min(last + widthOfMarble, at + farthest));
    const mark = place(markOf(parent, event), last, heightOf(event));
    mark.setAttribute('transform', `translate(${round(last)},${round(heightOf(event))})`);
    add(mark, 'circle', { r: radius });
    add(mark, 'text', { class: 'letter', dy: '0.35em' }, letterOf(event));
  }
}

/** More marks than this on a thousand pixels would be a blur, and slow. */
const crowdedPer1000 = 50;

export function isCrowded(events: readonly AgentEvent[], pixelsPerMs: number): boolean {
  const [first, last] = [events.at(0), events.at(-1)];
  if (!first || !last || events.length < 24) return false;
  return events.length > (crowdedPer1000 * ((last.at - first.at) * pixelsPerMs + 200)) / 1000;
}

/** Draws too many events as one line a pixel, and returns whether it did. `slots`: how many marks fit in the room of a marble. */
export function drawnAsCrowd(parent: SVGElement, events: readonly AgentEvent[], { x, pixelsPerMs }: View, slots = 1): boolean {
  if (!isCrowded(events, pixelsPerMs * slots)) return false;
  const half = radius - 2;
  const lines = new Set(events.map((event) => `M${Math.round(x(event.at))},${Math.round(heightOf(event)) - half}v${2 * half}`));
  add(parent, 'path', { class: `crowd ${events[0]?.type ?? ''}`, d: [...lines].join('') });
  return true;
}
