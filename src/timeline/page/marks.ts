import type { Selection } from 'd3-selection';
import type { AgentEvent } from '../../../operators/events.ts';
import { inWords } from '../../record/inWords.ts';
import { heightOf } from './lanes.ts';
import { letterOf } from './letterLegend.ts';
import { clock } from './clock.ts';

export type Group = Selection<SVGGElement, unknown, null, undefined>;

/** A stretch of the call on its way to the screen. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Pixels from the left, for a moment of the call. */
  readonly x: (at: number) => number;
  readonly pixelsPerMs: number;
}

const radius = 8;
export const widthOfMarble = 2 * radius;
/** So far, in pixels, a marble may stand behind its time. */
const farthest = 10 * radius;

/** The part of the drawing that stands for an event: pointed at, it is told in words. */
export function markOf(parent: Group, event: AgentEvent): Group {
  return parent
    .append('g')
    .attr('class', `mark ${event.type}${event.type === 'Failure' && !event.recovered ? ' fatal' : ''}`)
    .attr('data-event', event.id)
    .attr('role', 'img')
    .attr('aria-label', `${clock(event.at)} ${inWords(event)}`);
}

/** Says where a mark is drawn, for what points at it. */
export const stand = (mark: Group, left: number, top: number): Group => mark.attr('data-place', `${round(left)} ${round(top)}`);

/** Where the mark of an event is drawn, if it is. */
export function placeOf(svg: SVGSVGElement, { id }: AgentEvent): readonly [left: number, top: number] | undefined {
  const place = svg.querySelector(`[data-event="${id}"][data-place]`)?.getAttribute('data-place')?.split(' ').map(Number);
  return place && [place[0] ?? 0, place[1] ?? 0];
}

/** Events as marbles in their lane; where there is no room for each, a line stands for those of a pixel. */
export function marbles(parent: Group, events: readonly AgentEvent[], { x, pixelsPerMs }: Stretch): void {
  if (isCrowded(events, pixelsPerMs)) {
    crowd(parent, events, x);
    return;
  }
  let last = -Infinity;
  for (const event of events) {
    // marbles of the same moment stand beside one another, so that each can be pointed at
    const at = Math.max(x(event.at), x(0) + radius + 1);
    last = Math.max(at, Math.min(last + widthOfMarble, at + farthest));
    const mark = stand(markOf(parent, event), last, heightOf(event)).attr(
      'transform',
      `translate(${round(last)},${round(heightOf(event))})`,
    );
    mark.append('circle').attr('r', radius);
    mark.append('text').attr('class', 'letter').attr('dy', '0.35em').text(letterOf(event));
  }
}

/** More than this many marks a thousand pixels are a blur, and slow. */
const crowdedPer1000 = 50;

export function isCrowded(events: readonly AgentEvent[], pixelsPerMs: number): boolean {
  const [first, last] = [events.at(0), events.at(-1)];
  if (!first || !last || events.length < 24) return false;
  return events.length > (crowdedPer1000 * ((last.at - first.at) * pixelsPerMs + 200)) / 1000;
}

export function crowd(parent: Group, events: readonly AgentEvent[], x: (at: number) => number, half = radius - 2): void {
  const lines = new Set(events.map((event) => `M${Math.round(x(event.at))},${Math.round(heightOf(event)) - half}v${2 * half}`));
  parent
    .append('path')
    .attr('class', `crowd ${events[0]?.type ?? ''}`)
    .attr('d', [...lines].join(''));
}

export const round = (pixels: number) => Math.round(pixels * 10) / 10;
