import { curveStepAfter, line } from 'd3-shape';
import type { CallModel } from './callModel.ts';
import { add, round } from './elements.ts';
import { lane } from './lanes.ts';
import { isCrowded, marbles, markOf, type View } from './marks.ts';
import { between, firstIndex } from './ordered.ts';

/** Pixels between two labels of a threshold: one is always in view. */
const labelledEvery = 500;

/** Draws the confidence of Flux as a curve, the thresholds as lines, and the turn events as marbles. */
export function drawFlux(parent: SVGElement, call: CallModel, view: View): void {
  const { from, to, x, pixelsPerMs } = view;
  const { top, height } = lane('Flux');
  const [high, low] = [top + 0.34 * height, top + height];
  const y = (confidence: number) => round(low - confidence * (low - high));

  const thresholds = call.picture.thresholds;
  thresholds.forEach(({ at, endOfTurn, eager }, index) => {
    const until = thresholds[index + 1]?.at ?? call.durationMs;
    if (at > to || until < from) return;
    for (const [kind, confidence] of Object.entries({ 'end of turn': endOfTurn, eager })) {
      if (confidence === undefined) continue;
      const threshold = add(parent, 'g', { class: 'threshold' });
      const [left, right] = [x(Math.max(at, from)), x(Math.min(until, to))];
      add(threshold, 'path', { d: `M${round(left)},${y(confidence)}H${round(right)}` });
      for (let label = left + 4; label < right; label += labelledEvery)
        add(threshold, 'text', { class: 'tiny', x: label, y: y(confidence) - 3 }, `${kind} ${confidence}`);
    }
  });

  const shown = between(call.turnEvents, from, to);
  const before = call.turnEvents[firstIndex(call.turnEvents, ({ at }) => at >= from) - 1];
  const points = highest((before ? [before, ...shown] : shown).map(({ at, confidence }) => [x(at), confidence]));
  const curve = line()
    .curve(curveStepAfter)
    .x(([left]) => round(left))
    .y(([, confidence]) => y(confidence));
  add(parent, 'path', { class: 'confidence', d: curve(points) ?? '' });

  const updates = shown.filter(({ type }) => type === 'Update');
  if (!isCrowded(updates, 3 * pixelsPerMs))
    for (const update of updates) add(markOf(parent, update), 'circle', { r: 3, cx: x(update.at), cy: y(update.confidence) });
  marbles(parent, between(call.turnMarks, from, to), view);
}

/** Keeps the highest point of each pixel: more cannot be seen, and a curve of hours would be slow. */
function highest(points: readonly (readonly [x: number, y: number])[]): [number, number][] {
  const kept: [number, number][] = [];
  for (const [x, y] of points) {
    const last = kept.at(-1);
    if (last && Math.round(last[0]) === Math.round(x)) last[1] = Math.max(last[1], y);
    else kept.push([x, y]);
  }
  return kept;
}
