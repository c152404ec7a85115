import { scaleLinear, scaleSqrt, type ScaleLinear } from 'd3-scale';
import { line, symbol, symbolCircle, symbolDiamond, symbolTriangle, type SymbolType } from 'd3-shape';
import type { Judged, Tuning } from './tune.ts';

const width = 760;
const height = 480;
const margin = { top: 56, right: 24, bottom: 60, left: 72 };

/**
 * What was tried as a picture (SVG): how long a turn waits against how many are cut off, for those of the front; a larger dot
 * makes more model calls in vain. The recommended one is a diamond, Flux's default a triangle. Light or dark as its reader is.
 */
export function tuneChart({ front, recommendation, defaults, turns }: Tuning): string {
  const known = defaults.unknown > 0.05 ? [] : [defaults];
  const shown = [...front, ...known, ...(recommendation ? [recommendation] : [])];
  const x = scaleLinear([0, Math.max(0.01, ...shown.map(({ cutOffs }) => cutOffs))], [margin.left, width - margin.right]).nice();
  const waits = shown.map(({ waitMs }) => waitMs);
  const y = scaleLinear([Math.min(...waits, 1000), Math.max(...waits, 0)], [height - margin.bottom, margin.top]).nice();
  const size = scaleSqrt([0, Math.max(0.01, ...shown.map(({ wasted }) => wasted))], [24, 160]);

  const at = (one: Judged): [number, number] => [x(one.cutOffs), y(one.waitMs)];
  const mark = (one: Judged, kind: SymbolType, name: string, area = size(one.wasted)) => {
    const [left, top] = at(one);
    const drawn = symbol(kind, area)() ?? '';
    return `<path class="${name}" transform="translate(${round(left)},${round(top)})" d="${drawn}"><title>${words(one)}</title></path>`;
  };
  // of those that are cut off as often the quickest
  const edge = front.filter(({ cutOffs, waitMs }) => !front.some((one) => one.cutOffs <= cutOffs && one.waitMs < waitMs));
  const path = line()(edge.toSorted((one, other) => one.cutOffs - other.cutOffs).map(at)) ?? '';
  const labelled = (one: Judged, label: string, below = 0) => {
    const [left, top] = at(one);
    const end = left > width - 220;
    return `<text x="${round(left + (end ? -12 : 12))}" y="${round(top + 4 + below)}"${end ? ' text-anchor="end"' : ''}>${label}</text>`;
  };

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">Thresholds of Flux on ${turns} turns: waiting against cut-offs</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="head" x="${margin.left}" y="24">Waiting against cut-offs, ${turns} turns</text>`,
    `<text class="note" x="${margin.left}" y="42">A dot is a pair of thresholds; the larger, the more model calls in vain.</text>`,
    ...axes(x, y),
    `<path class="edge" d="${path}"/>`,
    ...front.map((one) => mark(one, symbolCircle, 'dot')),
    ...known.map((one) => mark(one, symbolTriangle, 'default', 120) + labelled(one, "Flux's default", 14)),
    ...(recommendation
      ? [
          mark(recommendation, symbolDiamond, 'best', 180) +
            labelled(recommendation, `recommended: ${named(recommendation)}`, -14),
        ]
      : []),
    '</svg>',
    '',
  ].join('\n');
}

function axes(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): readonly string[] {
  const bottom = height - margin.bottom;
  const percent = x.tickFormat(8, '.1%');
  return [
    ...y
      .ticks(6)
      .map(
        (ms) =>
          `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${round(y(ms))}" y2="${round(y(ms))}"/>` +
          `<text text-anchor="end" x="${margin.left - 8}" y="${round(y(ms) + 4)}">${ms}</text>`,
      ),
    ...x.ticks(8).map((share) => `<text text-anchor="middle" x="${round(x(share))}" y="${bottom + 20}">${percent(share)}</text>`),
    `<text text-anchor="middle" x="${(margin.left + width - margin.right) / 2}" y="${height - 14}">cut-offs per turn</text>`,
    `<text text-anchor="middle" transform="translate(18,${(margin.top + bottom) / 2}) rotate(-90)">ms from the end of speech to the first sound</text>`,
  ];
}

const named = ({ eotThreshold, eagerEotThreshold }: Judged) =>
  `eot ${eotThreshold}${eagerEotThreshold === undefined ? ', no drafts' : `, eager ${eagerEotThreshold}`}`;

const words = (one: Judged) =>
  `${named(one)}, timeout ${one.eotTimeoutMs} ms: waits ${Math.round(one.waitMs)} ms, cuts off ${(one.cutOffs * 100).toFixed(1)} %, ` +
  `${one.wasted.toFixed(2)} calls in vain a turn`;

const round = (value: number) => Math.round(value * 10) / 10;

const style = [
  'svg{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--ground:#fff;--dot:#0969da;--best:#bc4c00;--own:#57606a}',
  '@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--soft:#9198a1;--grid:#3d444d;--ground:#0d1117;--dot:#4493f8;--best:#f0883e;--own:#9198a1}}',
  'text{font:12px system-ui,sans-serif;fill:var(--ink);stroke:var(--ground);stroke-width:3px;paint-order:stroke}.head{font-size:16px;font-weight:600}.note{fill:var(--soft)}',
  '.ground{fill:var(--ground)}.grid{stroke:var(--grid)}.edge{fill:none;stroke:var(--dot);stroke-width:1.5;opacity:.5}',
  '.dot{fill:var(--dot);fill-opacity:.45}.best{fill:var(--best)}.default{fill:var(--own)}',
].join('');
