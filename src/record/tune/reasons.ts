import { cheapest, type ScoredThresholds } from './scoredThresholds.ts';

/** Compares the best thresholds with lower and higher ones, with no drafts, and with Flux's defaults, in words. */
export function reasonsFor(best: ScoredThresholds, all: readonly ScoredThresholds[], defaults: ScoredThresholds): string[] {
  const compared = (name: string, other: ScoredThresholds) =>
    `${name}: waiting ${signed(other.waitMs - best.waitMs, 0)} ms, cut-offs ${signed(100 * (other.cutOffs - best.cutOffs), 1)} %, ` +
    `wasted model calls ${signed(other.wasted - best.wasted, 2)} a turn.`;
  const cheapestOf = (matches: (one: ScoredThresholds) => boolean) => cheapest(all.filter(matches), ({ costMs }) => costMs);
  const beside = (step: number) => cheapestOf((one) => Math.abs(one.eotThreshold - best.eotThreshold - step) < 0.001);
  const withoutDrafts = cheapestOf(({ eagerEotThreshold }) => eagerEotThreshold === undefined);
  const thresholds = all.map(({ eotThreshold }) => eotThreshold);
  const [lowest, highest] = [Math.min(...thresholds), Math.max(...thresholds)];
  return [
    `A turn waits ${best.waitMs.toFixed()} ms for the first sound, ${percent(best.cutOffs)} of turns are cut off, ` +
      `${best.wasted.toFixed(2)} model calls a turn are wasted.`,
    ...[beside(-0.05), beside(0.05)].flatMap((one) => (one ? compared(`With eot ${one.eotThreshold}`, one) : [])),
    ...(best.eagerEotThreshold === undefined
      ? ['Drafts would not save enough waiting to be worth the wasted model calls.']
      : withoutDrafts
        ? [compared(`Without drafts, at best with eot ${withoutDrafts.eotThreshold}`, withoutDrafts)]
        : []),
    defaults.unknown > 0.05
      ? `Flux's default, eot 0.7, cannot be judged: ${percent(defaults.unknown)} of turns had ended before.`
      : compared("With Flux's default, eot 0.7 without drafts", defaults),
    ...(best.eotThreshold === highest && highest < 0.95
      ? ['These recordings allow no higher threshold: record with a higher eot to see further.']
      : []),
    ...(best.eotThreshold === lowest ? ['Flux takes no lower threshold.'] : []),
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const signed = (value: number, digits: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
