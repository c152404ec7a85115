import { scaleLinear, scaleSqrt } from 'd3-scale';
import { line, symbol, symbolCircle, symbolDiamond, symbolTriangle, type SymbolType } from 'd3-shape';
import type { ScoredThresholds } from './scoredThresholds.ts';
import type { Tuning } from './tune.ts';

const [width, height] = [760, 480];
const [left, right, top, bottom] = [72, 736, 56, 420];

/**
 * Draws the Pareto front as SVG: how long a turn waits against how many are cut off. A larger dot wastes more model calls. The
 * recommendation is a diamond, Flux's default a triangle. The colors follow the reader's light or dark theme.
 */
export function tuneChart({ front, recommendation, defaults, turns }: Tuning): string {
  const known = defaults.unknown > 0.05 ? [] : [defaults];
  const best = recommendation ? [recommendation] : [];
  const shown = [...front, ...known, ...best];
  const waits = shown.map(({ waitMs }) => waitMs);
  const x = scaleLinear([0, Math.max(0.01, ...shown.map(({ cutOffs }) => cutOffs))], [left, right]).nice();
  const y = scaleLinear([Math.min(...waits, 1000), Math.max(...waits, 0)], [bottom, top]).nice();
  const size = scaleSqrt([0, Math.max(0.01, ...shown.map(({ wasted }) => wasted))], [24, 160]);
  const percent = x.tickFormat(8, '.1%');
  const at = (one: ScoredThresholds): [number, number] => [round(x(one.cutOffs)), round(y(one.waitMs))];

  const mark = (one: ScoredThresholds, kind: SymbolType, name: string, area: number) =>
    `<path class="${name}" transform="translate(${at(one).join()})" d="${symbol(kind, area)() ?? ''}"><title>${details(one)}</title></path>`;
  const label = (one: ScoredThresholds, text: string, below: number) => {
    const [cx, cy] = at(one);
    const side = cx > width - 220 ? ([-12, 'end'] as const) : ([12, 'start'] as const);
    return `<text x="${round(cx + side[0])}" y="${round(cy + 4 + below)}" text-anchor="${side[1]}">${text}</text>`;
  };
  // Of those with as many cut-offs the quickest.
  const edge = front.filter(({ cutOffs, waitMs }) => !front.some((one) => one.cutOffs <= cutOffs && one.waitMs < waitMs));

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Thresholds of Flux on ${turns} turns: waiting against cut-offs</title>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="head" x="${left}" y="24">Waiting against cut-offs, ${turns} turns</text>
<text class="note" x="${left}" y="42">A dot is a pair of thresholds. A larger dot wastes more model calls.</text>
${y
  .ticks(6)
  .map(
    (ms) =>
      `<line class="grid" x1="${left}" x2="${right}" y1="${round(y(ms))}" y2="${round(y(ms))}"/><text text-anchor="end" x="${left - 8}" y="${round(y(ms) + 4)}">${ms}</text>`,
  )
  .join('\n')}
${x
  .ticks(8)
  .map((share) => `<text text-anchor="middle" x="${round(x(share))}" y="${bottom + 20}">${percent(share)}</text>`)
  .join('\n')}
<text text-anchor="middle" x="${(left + right) / 2}" y="${height - 14}">cut-offs per turn</text>
<text text-anchor="middle" transform="translate(18,${(top + bottom) / 2}) rotate(-90)">ms from the end of speech to the first sound</text>
<path class="edge" d="${line()(edge.toSorted((a, b) => a.cutOffs - b.cutOffs).map(at)) ?? ''}"/>
${front.map((one) => mark(one, symbolCircle, 'dot', size(one.wasted))).join('\n')}
${known.map((one) => mark(one, symbolTriangle, 'default', 120) + label(one, "Flux's default", 14)).join('')}
${best.map((one) => mark(one, symbolDiamond, 'best', 180) + label(one, `recommended: ${named(one)}`, -14)).join('')}
</svg>
`;
}

const named = ({ eotThreshold, eagerEotThreshold }: ScoredThresholds) =>
  `eot ${eotThreshold}${eagerEotThreshold === undefined ? ', no drafts' : `, eager ${eagerEotThreshold}`}`;

const details = (one: ScoredThresholds) =>
  `${named(one)}, timeout ${one.eotTimeoutMs} ms: waits ${Math.round(one.waitMs)} ms, cuts off ${(one.cutOffs * 100).toFixed(1)} %, ` +
  `wastes ${one.wasted.toFixed(2)} calls a turn`;

const round = (value: number) => Math.round(value * 10) / 10;

const style = [
  'svg{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--ground:#fff;--dot:#0969da;--best:#bc4c00;--default:#57606a}',
  '@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--soft:#9198a1;--grid:#3d444d;--ground:#0d1117;--dot:#4493f8;--best:#f0883e;--default:#9198a1}}',
  'text{font:12px system-ui,sans-serif;fill:var(--ink);stroke:var(--ground);stroke-width:3px;paint-order:stroke}.head{font-size:16px;font-weight:600}.note{fill:var(--soft)}',
  '.ground{fill:var(--ground)}.grid{stroke:var(--grid)}.edge{fill:none;stroke:var(--dot);stroke-width:1.5;opacity:.5}',
  '.dot{fill:var(--dot);fill-opacity:.45}.best{fill:var(--best)}.default{fill:var(--default)}',
].join('');
