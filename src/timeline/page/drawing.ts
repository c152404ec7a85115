import { scaleUtc } from 'd3-scale';
import { select } from 'd3-selection';
import type { AgentEvent } from '../../../operators/events.ts';
import type { Call } from './callModel.ts';
import { clock } from './clock.ts';
import { flux } from './fluxLane.ts';
import { axisHeight, chartHeight, heightOf, lanes, momentOf } from './lanes.ts';
import { placeOf, round, type Group, type Stretch } from './marks.ts';
import { cuts, faults, latency, spoken } from './latencyLane.ts';
import { drafts, sentences, tokens } from './replies.ts';
import { wave, words } from './wave.ts';

/** Draws a stretch of the call into an SVG, all lanes of it; what was there is gone. */
export function draw(svg: SVGSVGElement, call: Call, stretch: Stretch): void {
  const { from, to, x } = stretch;
  svg.replaceChildren();
  const all = select(svg)
    .attr('height', chartHeight)
    .attr('width', round(x(to) - x(from)));
  const layer = (name: string): Group => all.append('g').attr('class', name);

  const ground = layer('ground');
  for (const { name, top, height } of lanes) {
    ground
      .append('rect')
      .attr('class', `lane ${name}`)
      .attr('x', x(from))
      .attr('y', top)
      .attr('width', round(x(to) - x(from)))
      .attr('height', height);
  }
  axis(layer('axis'), stretch);
  wave(layer('caller'), call, 'caller', stretch);
  words(layer('caller'), call.words.caller.within(from, to), 'caller', 0.18, stretch);
  flux(layer('Flux'), call, stretch);
  drafts(layer('drafts'), call, stretch);
  tokens(layer('tokens'), call, stretch);
  sentences(layer('sentences'), call, stretch);
  wave(layer('agent'), call, 'agent', stretch);
  words(layer('agent'), call.words.agent.within(from, to), 'agent', 0.95, stretch);
  spoken(layer('agent'), call, stretch);
  latency(layer('latency'), call, stretch);
  cuts(layer('cuts'), call, stretch);
  faults(layer('faults'), call, stretch);
}

/** Pixels that a time on the axis needs. */
const tickWidth = 90;

function axis(parent: Group, { from, to, x }: Stretch): void {
  const times = scaleUtc([from, to], [x(from), x(to)]).ticks(Math.max(2, (x(to) - x(from)) / tickWidth));
  const digits = times.some((time) => time.getTime() % 1000 !== 0) ? 1 : 0;
  for (const time of times) {
    const left = round(x(time.getTime()));
    parent.append('path').attr('d', `M${left},${axisHeight}V${chartHeight}`);
    parent
      .append('text')
      .attr('x', left + 4)
      .attr('y', axisHeight - 8)
      .text(clock(time.getTime(), digits));
  }
}

/** Shows which event is told of, and an arrow to it from what it came of. */
export function point(svg: SVGSVGElement, { x }: Stretch, event: AgentEvent, cause: AgentEvent | undefined): void {
  const layer = select(svg).selectAll<SVGGElement, null>('g.pointer').data([null]).join('g').attr('class', 'pointer');
  layer.selectAll('*').remove();
  const [left, y] = placeOf(svg, event) ?? [round(x(momentOf(event))), round(heightOf(event))];
  layer.append('circle').attr('class', 'ring').attr('r', 12).attr('cx', left).attr('cy', y);
  if (!cause) return;
  const [begin, above] = placeOf(svg, cause) ?? [round(x(momentOf(cause))), round(heightOf(cause))];
  const bend = Math.max(30, Math.abs(left - begin) / 2);
  layer
    .append('path')
    .attr('class', 'because')
    .attr('d', `M${begin},${above}C${begin + bend},${above} ${left - bend},${y} ${left},${y}`);
  layer.append('circle').attr('class', 'cause').attr('r', 4).attr('cx', begin).attr('cy', above);
}
