import { area } from 'd3-shape';
import type { Call } from './callModel.ts';
import type { Said } from './span.ts';
import { lane, type LaneName } from './lanes.ts';
import { round, type Group, type Stretch } from './marks.ts';
import { widthOf } from './text.ts';

/** How loud a side was, mirrored about the middle of its lane. */
export function wave(parent: Group, call: Call, side: 'caller' | 'agent', { from, to, x, pixelsPerMs }: Stretch): void {
  const { stepMs, [side]: loudness } = call.loudness;
  const { top, height } = lane(side);
  const middle = top + height * waveAt[side].middle;
  const half = height * waveAt[side].half;
  // one step a pixel is as much as can be seen
  const steps = Math.max(1, Math.round(1 / (pixelsPerMs * stepMs)));
  const first = Math.floor(from / stepMs / steps) * steps;
  const points: [x: number, loud: number][] = [];
  for (let step = first; step * stepMs <= to && step < loudness.length; step += steps) {
    let loud = 0;
    for (let each = step; each < step + steps; each++) loud = Math.max(loud, loudness[each] ?? 0);
    points.push([round(x(step * stepMs)), loud]);
  }
  const drawn = area()
    .x(([left]) => left)
    .y0(([, loud]) => round(middle - half * shown(loud)))
    .y1(([, loud]) => round(middle + half * shown(loud)));
  parent.append('path').attr('class', `wave ${side}`).attr('d', drawn(points));
}

const waveAt: Readonly<Record<'caller' | 'agent', { readonly middle: number; readonly half: number }>> = {
  caller: { middle: 0.62, half: 0.38 },
  agent: { middle: 0.5, half: 0.3 },
};

/** Soft speech is to be seen too. */
const shown = (loud: number) => Math.sqrt(loud / 255);

/** Where a second is narrower than this, in pixels, there is no room for words. */
const narrowest = 20;
/** So far, in pixels, a word may stand behind its time. */
const drift = 140;
/** A silence that parts what was said, in ms. */
const partedMs = 500;

/** Words where they were said, or as soon after it as there is room; where there is too little, an ellipsis until the next silence. */
export function words(parent: Group, said: readonly Said[], name: LaneName, down: number, { x, pixelsPerMs }: Stretch): void {
  if (pixelsPerMs * 1000 < narrowest) return;
  const { top, height } = lane(name);
  const runs: Run[] = [];
  let over = 0;
  for (const { text, from, to } of said) {
    const last = runs.at(-1);
    const behind = last ? last.left + widthOf(`${last.text} `) - x(from) : -Infinity;
    const parted = from - over > partedMs;
    over = to;
    if (!last || (behind <= 0 && (parted || !last.isCut))) runs.push({ left: x(from), text, isCut: false });
    else if (!last.isCut) runs.splice(-1, 1, behind < drift ? { ...last, text: `${last.text} ${text}` } : cut(last));
  }
  for (const { left, text } of runs) {
    parent
      .append('text')
      .attr('class', 'word')
      .attr('x', round(left))
      .attr('y', top + down * height)
      .text(text);
  }
}

/** Words that stand together; `isCut`: some are left out at its end. */
interface Run {
  readonly left: number;
  readonly text: string;
  readonly isCut: boolean;
}

const cut = (run: Run): Run => ({ ...run, text: `${run.text} …`, isCut: true });
