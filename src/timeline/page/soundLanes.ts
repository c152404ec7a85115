import { area } from 'd3-shape';
import type { CallModel } from './callModel.ts';
import { add, round } from './elements.ts';
import { lane, type LaneName } from './lanes.ts';
import type { View } from './marks.ts';
import type { SpokenWords } from './span.ts';
import { widthOf } from './text.ts';

/** Draws how loud a side was, mirrored about a line in its lane. */
export function drawWave(
  parent: SVGElement,
  call: CallModel,
  side: 'caller' | 'agent',
  { from, to, x, pixelsPerMs }: View,
): void {
  const { stepMs, [side]: loudness } = call.loudness;
  const { top, height } = lane(side);
  const middle = top + height * waveAt[side].middle;
  const half = height * waveAt[side].half;
  // one point a pixel: more cannot be seen
  const steps = Math.max(1, Math.round(1 / (pixelsPerMs * stepMs)));
  const first = Math.floor(from / stepMs / steps) * steps;
  const points: [x: number, loud: number][] = [];
  for (let step = first; step * stepMs <= to && step < loudness.length; step += steps)
    points.push([round(x(step * stepMs)), call.loudest(side, step, step + steps)]);
  const drawn = area()
    .x(([left]) => left)
    .y0(([, loud]) => round(middle - half * loud))
    .y1(([, loud]) => round(middle + half * loud));
  add(parent, 'path', { class: `wave ${side}`, d: drawn(points) ?? '' });
}

const waveAt: Readonly<Record<'caller' | 'agent', { readonly middle: number; readonly half: number }>> = {
  caller: { middle: 0.62, half: 0.38 },
  agent: { middle: 0.5, half: 0.3 },
};

/** No words are drawn where a second is narrower than this, in pixels. */
const narrowest = 20;
/** How far, in pixels, a word may be drawn after its time. */
const farthest = 140;
/** A silence that separates words, in ms. */
const silenceMs = 500;

/** Words that are drawn together. `isCut`: some are left out at the end. */
interface Run {
  readonly left: number;
  readonly text: string;
  readonly isCut: boolean;
}

/** Draws words at their time, or after it as soon as there is room. Without enough room, an ellipsis replaces the rest. */
export function drawWords(
  parent: SVGElement,
  spoken: readonly SpokenWords[],
  name: LaneName,
  down: number,
  { x, pixelsPerMs }: View,
): void {
  if (pixelsPerMs * 1000 < narrowest) return;
  const { top, height } = lane(name);
  const runs: Run[] = [];
  let over = 0;
  for (const { text, from, to } of spoken) {
    const last = runs.at(-1);
    const behind = last ? last.left + widthOf(`${last.text} `) - x(from) : -Infinity;
    const afterSilence = from - over > silenceMs;
    over = to;
    if (!last || (behind <= 0 && (afterSilence || !last.isCut))) runs.push({ left: x(from), text, isCut: false });
    else if (!last.isCut) {
      const isCut = behind >= farthest;
      runs.splice(-1, 1, { ...last, text: `${last.text} ${isCut ? '…' : text}`, isCut });
    }
  }
  for (const { left, text } of runs) add(parent, 'text', { class: 'word', x: left, y: top + down * height }, text);
}
