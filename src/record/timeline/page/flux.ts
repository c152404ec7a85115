import { curveStepAfter, line } from 'd3-shape';
import type { Call } from './call.ts';
import { lane } from './lanes.ts';
import { isCrowded, marbles, markOf, round, type Group, type Stretch } from './marks.ts';
import { between, firstAt } from './ordered.ts';

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
      threshold.append('title').text(`${kind} at ${confidence}`);
    }
  });

  const shown = between(call.turnEvents, from, to);
  const before = call.turnEvents[firstAt(call.turnEvents, from, ({ at }) => at) - 1];
  const points = (before ? [before, ...shown] : shown).map(({ at, confidence }): [number, number] => [x(at), confidence]);
  const curve = line<[number, number]>()
    .curve(curveStepAfter)
    .x(([left]) => round(left))
    .y(([, confidence]) => y(confidence));
  parent.append('path').attr('class', 'confidence').attr('d', curve(points));

  const updates = shown.filter(({ type }) => type === 'Update');
  if (!isCrowded(updates, pixelsPerMs)) {
    for (const update of updates) {
      markOf(parent, update)
        .append('circle')
        .attr('r', 3)
        .attr('cx', round(x(update.at)))
        .attr('cy', y(update.confidence));
    }
  }
  marbles(
    parent,
    shown.filter(({ type }) => type !== 'Update'),
    stretch,
  );
}
