import { scaleUtc } from 'd3-scale';
import type { AgentEvent } from '../../../operators/events.ts';
import type { CallModel } from './callModel.ts';
import { clock } from './clock.ts';
import { add } from './elements.ts';
import { drawCuts, drawFaults, drawLatency, drawMarbles } from './eventLanes.ts';
import { heightOf, momentOf } from './eventLooks.ts';
import { drawFlux } from './fluxLane.ts';
import { axisHeight, chartHeight, lanes } from './lanes.ts';
import { placeOf, type View } from './marks.ts';
import { drawDrafts, drawSentences, drawTokens } from './replyLanes.ts';
import { drawWave, drawWords } from './soundLanes.ts';

/** Replaces the contents of an SVG by all lanes of a view. */
export function drawView(chart: SVGSVGElement, call: CallModel, view: View): void {
  const { from, to, x } = view;
  const width = x(to) - x(from);
  chart.replaceChildren();
  chart.setAttribute('height', `${chartHeight}`);
  chart.setAttribute('width', width.toFixed(1));
  const layer = (name: string) => add(chart, 'g', { class: name });

  const ground = layer('ground');
  for (const { name, top, height } of lanes) add(ground, 'rect', { class: `lane ${name}`, x: x(from), y: top, width, height });
  drawAxis(layer('axis'), view);
  drawWave(layer('caller'), call, 'caller', view);
  drawWords(layer('caller'), call.words.caller.within(from, to), 'caller', 0.18, view);
  drawFlux(layer('Flux'), call, view);
  drawDrafts(layer('drafts'), call, view);
  drawTokens(layer('tokens'), call, view);
  drawSentences(layer('sentences'), call, view);
  drawWave(layer('agent'), call, 'agent', view);
  drawWords(layer('agent'), call.words.agent.within(from, to), 'agent', 0.95, view);
  drawMarbles(layer('agent'), call, 'agent', view);
  drawLatency(layer('latency'), call, view);
  drawCuts(layer('cuts'), call, view);
  drawFaults(layer('faults'), call, view);
}

/** The pixels that a time on the axis needs. */
const tickWidth = 90;

function drawAxis(parent: SVGElement, { from, to, x }: View): void {
  const times = scaleUtc([from, to], [x(from), x(to)]).ticks(Math.max(2, (x(to) - x(from)) / tickWidth));
  const digits = times.some((time) => time.getTime() % 1000 !== 0) ? 1 : 0;
  for (const time of times) {
    const left = Math.round(x(time.getTime()));
    add(parent, 'path', { d: `M${left},${axisHeight}V${chartHeight}` });
    add(parent, 'text', { x: left + 4, y: axisHeight - 8 }, clock(time.getTime(), digits));
  }
}

/** Draws a ring around the selected event, and an arrow to it from its cause. */
export function drawPointer(chart: SVGSVGElement, { x }: View, event: AgentEvent, cause: AgentEvent | undefined): void {
  chart.querySelector('g.pointer')?.remove();
  const pointer = add(chart, 'g', { class: 'pointer' });
  const [left, top] = placeOf(chart, event) ?? [x(momentOf(event)), heightOf(event)];
  add(pointer, 'circle', { class: 'ring', r: 12, cx: left, cy: top });
  if (!cause) return;
  const [begin, above] = placeOf(chart, cause) ?? [x(momentOf(cause)), heightOf(cause)];
  const bend = Math.max(30, Math.abs(left - begin) / 2);
  add(pointer, 'path', {
    class: 'because',
    d: `M${begin},${above}C${begin + bend},${above} ${left - bend},${top} ${left},${top}`,
  });
  add(pointer, 'circle', { class: 'cause', r: 4, cx: begin, cy: above });
}
