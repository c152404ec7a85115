import type { Judged } from './tune.ts';

/** Those that nothing else beats in everything: waiting, cut-offs, calls in vain. The quickest first. */
export function frontOf(tried: readonly Judged[]): readonly Judged[] {
  const sorted = tried.toSorted(
    (one, other) => one.waitMs - other.waitMs || one.cutOffs - other.cutOffs || one.wasted - other.wasted,
  );
  const front: Judged[] = [];
  for (const one of sorted)
    if (!front.some((other) => other.cutOffs <= one.cutOffs && other.wasted <= one.wasted)) front.push(one);
  return front;
}

/** Of two that cost the same, the first. */
export function cheapest(tried: readonly Judged[]): Judged | undefined {
  let best: Judged | undefined;
  for (const one of tried) if (best === undefined || one.costMs < best.costMs - 1e-6) best = one;
  return best;
}

/** The cheapest of each threshold, the lowest first. */
export function bestByEot(tried: readonly Judged[]): readonly Judged[] {
  const thresholds = [...new Set(tried.map(({ eotThreshold }) => eotThreshold))].toSorted((one, other) => one - other);
  return thresholds.flatMap((eot) => cheapest(tried.filter(({ eotThreshold }) => eotThreshold === eot)) ?? []);
}

/** Why these, and not lower or higher ones, or Flux's own. */
export function reasonsFor(best: Judged, tried: readonly Judged[], defaults: Judged): readonly string[] {
  const thresholds = tried.map(({ eotThreshold }) => eotThreshold);
  const lowest = Math.min(...thresholds);
  const highest = Math.max(...thresholds);
  const beside = (step: number) =>
    cheapest(tried.filter(({ eotThreshold }) => Math.abs(eotThreshold - best.eotThreshold - step) < 0.001));
  const [lower, higher] = [beside(-0.05), beside(0.05)];
  const plain = cheapest(tried.filter(({ eagerEotThreshold }) => eagerEotThreshold === undefined));
  return [
    `A turn waits ${ms(best.waitMs)} for the first sound, ${percent(best.cutOffs)} of turns are cut off, ${times(best.wasted)} a turn are in vain.`,
    ...(lower ? [`eot ${lower.eotThreshold} would ${compared(lower, best)}.`] : []),
    ...(higher ? [`eot ${higher.eotThreshold} would ${compared(higher, best)}.`] : []),
    ...(plain && best.eagerEotThreshold !== undefined
      ? [`Without drafts, at best: eot ${plain.eotThreshold}, which would ${compared(plain, best)}.`]
      : []),
    ...(best.eagerEotThreshold === undefined ? ['Drafts would not come early enough to be worth the calls in vain.'] : []),
    defaults.unknown > 0.05
      ? `Flux's default, eot 0.7, cannot be judged: ${percent(defaults.unknown)} of turns had ended before.`
      : `Flux's default, eot 0.7 without drafts, would ${compared(defaults, best)}.`,
    ...(best.eotThreshold === highest && highest < 0.95
      ? [`It is the highest that these recordings let be judged: record with a higher eot to see further.`]
      : []),
    ...(best.eotThreshold === lowest ? ['It is the lowest that Flux takes.'] : []),
  ];
}

/** `wait 120 ms longer, cut off 1.2 % fewer turns`. */
function compared(one: Judged, best: Judged): string {
  const waits = one.waitMs - best.waitMs;
  const cuts = one.cutOffs - best.cutOffs;
  const wasted = one.wasted - best.wasted;
  return [
    Math.abs(waits) < 1 ? 'wait as long' : `wait ${ms(Math.abs(waits))} ${waits > 0 ? 'longer' : 'less'}`,
    Math.abs(cuts) < 0.0005
      ? 'cut off as many turns'
      : `cut off ${percent(Math.abs(cuts))} of turns ${cuts > 0 ? 'more' : 'less'}`,
    Math.abs(wasted) < 0.005
      ? 'make as many calls in vain'
      : `make ${times(Math.abs(wasted))} a turn ${wasted > 0 ? 'more' : 'fewer'} in vain`,
  ].join(', ');
}

const ms = (value: number) => `${Math.round(value)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const times = (calls: number) => `${calls.toFixed(2)} model calls`;
