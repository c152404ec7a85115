import { curveStepAfter, line } from 'd3-shape';
import type { Call } from './callModel.ts';
import { lane } from './lanes.ts';
import { isCrowded, marbles, markOf, round, type Group, type Stretch } from './marks.ts';
import { between, firstAt } from './ordered.ts';

/** Pixels from one label of a threshold to the next: there is always one in view. */
const labelledEvery = 500;

/** How sure Flux was that the turn is over, against what it was asked to be sure of; and what it said. */
export function flux(parent: Group, call: Call, stretch: Stretch): void {
  const { from, to, x, pixelsPerMs } = stretch;
  const { top, height } = lane('Flux');
  const [high, low] = [top + 0.34 * height, top + height];
  const y = (confidence: number) => round(low - confidence * (low - high));

  const thresholds = call.picture.thresholds;
  thresholds.forEach(({ at, endOfTurn, eager }, index) => {
    const until = thresholds[index + 1]?.at ?? call.durationMs;
    if (at > to || until < from) return;
    for (const [kind, confidence] of [
      ['end of turn', endOfTurn],
      ['eager', eager],
    ] as const) {
      if (confidence === undefined) continue;
      const threshold = parent.append('g').attr('class', 'threshold');
      const [left, right] = [x(Math.max(at, from)), x(Math.min(until, to))];
      threshold.append('path').attr('d', `M${round(left)},${y(confidence)}H${round(right)}`);
      for (let label = left + 4; label < right; label += labelledEvery) {
        threshold
          .append('text')
          .attr('class', 'tiny')
          .attr('x', round(label))
          .attr('y', y(confidence) - 3)
          .text(`${kind} ${confidence}`);
      }
    }
  });

  const shown = between(call.turnEvents, from, to);
  const before = call.turnEvents[firstAt(call.turnEvents, from, ({ at }) => at) - 1];
  const points = highest((before ? [before, ...shown] : shown).map(({ at, confidence }) => [x(at), confidence]));
  const curve = line()
    .curve(curveStepAfter)
    .x(([left]) => round(left))
    .y(([, confidence]) => y(confidence));
  parent.append('path').attr('class', 'confidence').attr('d', curve(points));

  const updates = shown.filter(({ type }) => type === 'Update');
  if (!isCrowded(updates, 3 * pixelsPerMs)) {
    for (const update of updates) {
      markOf(parent, update)
        .append('circle')
        .attr('r', 3)
        .attr('cx', round(x(update.at)))
        .attr('cy', y(update.confidence));
    }
  }
  marbles(parent, between(call.said, from, to), stretch);
}

/** Of several points in a pixel the highest: more cannot be seen, and a curve of hours would be slow. */
function highest(points: readonly (readonly [x: number, y: number])[]): [number, number][] {
  const kept: [number, number][] = [];
  for (const [x, y] of points) {
    const last = kept.at(-1);
    if (last && Math.round(last[0]) === Math.round(x)) last[1] = Math.max(last[1], y);
    else kept.push([x, y]);
  }
  return kept;
}
