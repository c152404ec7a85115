import { describe, expect, it } from 'vitest';
import { outcomeOf, turnsOf } from '../../../src/record/tune/outcome.ts';
import type { ScoredThresholds } from '../../../src/record/tune/scoredThresholds.ts';
import { tune } from '../../../src/record/tune/tune.ts';
import { tuneChart } from '../../../src/record/tune/tuneChart.ts';
import { info, worked } from '../../flux/worked.ts';
import { corpusOf, type Habits } from '../scriptedCallers.ts';

const { C } = worked;
const word = (text: string, start: number, end: number) => ({ word: text, confidence: 1, start, end });
const [my, number, is, four] = [word('My', 0.2, 0.4), word('number', 0.4, 0.8), word('is', 0.8, 1), word('four.', 2, 2.4)];

/** A caller who says "My number is", is silent for a second, says "four." and is silent; 0.75 is the recorded threshold. */
const hesitating = [
  C,
  info('StartOfTurn', 0, 0.5, 'My', 0.05, { words: [my] }),
  info('Update', 0, 1, 'My number is', 0.05, { words: [my, number, is] }),
  info('Update', 0, 1.25, 'My number is', 0.25, { words: [my, number, is] }),
  info('Update', 0, 1.5, 'My number is', 0.45, { words: [my, number, is] }),
  info('Update', 0, 1.75, 'My number is', 0.6, { words: [my, number, is] }),
  info('Update', 0, 2.5, 'My number is four.', 0.1, { words: [my, number, is, four] }),
  info('Update', 0, 2.75, 'My number is four.', 0.5, { words: [my, number, is, four] }),
  info('EndOfTurn', 0, 3, 'My number is four.', 0.8, { words: [my, number, is, four], trigger: 'model' }),
];
const only = (log: readonly unknown[]) => {
  const [turn, ...others] = turnsOf(log);
  expect(others).toEqual([]);
  return turn!;
};
const outcome = (log: readonly unknown[], eotThreshold: number, eagerEotThreshold?: number, eotTimeoutMs = 5000) =>
  outcomeOf(only(log), { eotThreshold, eagerEotThreshold, eotTimeoutMs });

describe('what thresholds come to in a turn', () => {
  it('is the time from the last word to its end', () => {
    // between 0.5 at 2.75 s and 0.8 at 3 s the confidence rises by 0.3: 0.62 is reached after 0.1 s; the last word ended at 2.4 s
    const { endMs, eagerMs, ...rest } = outcome(hesitating, 0.62);

    expect([endMs, eagerMs].map(Math.round)).toEqual([450, 450]);
    expect(rest).toEqual({ cutOffs: 0, wasted: 0, unknown: 0 });
  });

  it('is a draft that is used, and one in vain', () => {
    // 0.4 is reached in the pause, and again 0.25 s × (0.3 / 0.4) after 2.5 s
    const { endMs, eagerMs, ...rest } = outcome(hesitating, 0.8, 0.4);

    expect(rest).toEqual({ cutOffs: 0, wasted: 1, unknown: 0 });
    expect([endMs, eagerMs].map(Math.round)).toEqual([600, 288]);
  });

  it('is a cut-off where the caller goes on within a second', () => {
    // 0.5 is reached at 1.5 s + 0.25 s × (0.05 / 0.15), and the caller is heard again from 2 s
    expect(outcome(hesitating, 0.5)).toMatchObject({ endMs: 350, cutOffs: 1, wasted: 0, unknown: 0 });
  });

  it('is no cut-off where the caller goes on later', () => {
    const later = hesitating.map((row) => row.replace('"start":2,"end":2.4', '"start":2.7,"end":2.7'));

    expect(outcome(later, 0.5)).toMatchObject({ cutOffs: 0 });
  });

  it('is a cut-off where the next turn of the recording begins within a second', () => {
    const next = (from: number) => [
      ...hesitating,
      info('StartOfTurn', 1, from + 0.25, 'No', 0.05, { words: [word('No', from, from + 0.2)] }),
    ];

    expect(outcome(next(3.9), 0.75)).toMatchObject({ cutOffs: 1 });
    expect(outcome(next(4.1), 0.75)).toMatchObject({ cutOffs: 0 });
  });

  it('is not known of a threshold that was not reached when the turn had ended', () => {
    expect(outcome(hesitating, 0.85)).toEqual({ endMs: 600, eagerMs: 600, cutOffs: 0, wasted: 0, unknown: 1 });
  });

  it('is a timeout', () => {
    // "is" ended at 1 s: the first message half a second later is that of 1.5 s; and "four." ended at 2.4 s
    expect(outcome(hesitating, 0.9, undefined, 500)).toMatchObject({ endMs: 600, cutOffs: 1, unknown: 0 });
  });
});

/** The normal distribution up to `z` (Zelen and Severo 26.2.17). */
function below(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

/**
 * The thresholds that cost such callers least, from their habits alone, to 0.005. In the silence after a turn the confidence rises by
 * `slope` a second; a pause in its middle is taken for an end if it makes the recogniser as sure, and a draft is in vain
 * if the pause makes it sure enough for the draft and not for the end.
 */
function bestFor({ slope, pauses, mean, deviation }: Habits): { readonly eot: number; readonly eager: number } {
  let best = { eot: 0, eager: 0, cost: Infinity };
  for (let eot = 0.5; eot < 0.951; eot += 0.005)
    for (let eager = 0.3; eager < Math.min(eot, 0.9); eager += 0.005) {
      const cutOffs = pauses * (1 - below((eot - mean) / deviation));
      const wasted = pauses * (below((eot - mean) / deviation) - below((eager - mean) / deviation));
      const cost = Math.max((1000 * eot) / slope, (1000 * eager) / slope + 320) + 3000 * cutOffs + 100 * wasted;
      if (cost < best.cost) best = { eot, eager, cost };
    }
  return best;
}

const asCalls = (corpus: readonly (readonly object[])[]) => corpus.map((messages) => ({ messages }));
const habits: Habits = { slope: 0.8, pauses: 0.5, mean: 0.6, deviation: 0.08 };

describe('tune', () => {
  it.each<[string, Habits, number]>([
    ['who hesitate', habits, 11],
    ['whose pauses tell little', { slope: 0.8, pauses: 0.5, mean: 0.5, deviation: 0.06 }, 12],
    ['who answer at once', { slope: 1.2, pauses: 0.5, mean: 0.6, deviation: 0.1 }, 13],
  ])('recommends what is best for callers %s, to 0.05', (_, habits, seed) => {
    const truth = bestFor(habits);
    const { recommendation, turns } = tune(asCalls(corpusOf(habits, 600, seed)));

    expect(turns).toBe(600);
    expect(Math.abs(recommendation!.eotThreshold - truth.eot)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(recommendation!.eagerEotThreshold! - truth.eager)).toBeLessThanOrEqual(0.05);
    const [least, most] = recommendation!.within.eotThreshold;
    expect(least - 0.0251).toBeLessThan(truth.eot); // half a step of what was tried on either side
    expect(most + 0.0251).toBeGreaterThan(truth.eot);
  });

  it('says the same of the same calls, by a seed', () => {
    const calls = asCalls(corpusOf(habits, 60, 3));
    const within = (seed: number) => JSON.stringify(tune(calls, { seed }).recommendation!.within);
    const seeds = Array.from({ length: 6 }, (_, seed) => seed);

    const found = seeds.map(within);
    expect(seeds.map(within)).toEqual(found);
    expect(new Set(found).size).toBeGreaterThan(1);
  });

  it('recommends no drafts where a call in vain is worth more than they win', () => {
    const { recommendation } = tune(asCalls(corpusOf(habits, 100, 2)), { wastedMs: 10_000, readyMs: 20 });

    expect(recommendation?.eagerEotThreshold).toBeUndefined();
    expect(recommendation?.within.eagerEotThreshold).toBeNull();
  });

  it('recommends nothing above what was recorded, and says that there may be more', () => {
    const { recommendation, defaults } = tune(asCalls(corpusOf(habits, 60, 4, 0.6)));

    expect(recommendation!.eotThreshold).toBeLessThanOrEqual(0.6);
    expect(defaults.unknown).toBeGreaterThan(0.5);
    expect(recommendation!.reasons.join(' ')).toContain('record with a higher eot to see further');
    expect(recommendation!.reasons.join(' ')).toContain('cannot be judged');
  });

  it('recommends no longer timeout than the recorded one, where that ended the turns', () => {
    const words = { words: [word('Hello.', 0.2, 0.5)] };
    const call = [
      C,
      info('StartOfTurn', 0, 0.5, 'Hello.', 0.05, words),
      ...[1, 1.5, 2].map((at) => info('Update', 0, at, 'Hello.', at / 5, words)),
      info('EndOfTurn', 0, 2.5, 'Hello.', 0.45, { ...words, trigger: 'timeout' }),
    ];
    const { recommendation } = tune(asCalls(Array.from({ length: 30 }, () => call as unknown as object[])));

    expect(recommendation).toMatchObject({ eotTimeoutMs: 1000, unknown: 0 });
    expect(recommendation!.endMs).toBe(1000);
  });

  it('says that fewer than 30 turns are not enough', () => {
    expect(tune(asCalls(corpusOf(habits, 29, 5)))).toMatchObject({
      turns: 29,
      recommendation: null,
      notEnough: 'not enough evidence: 29 turns, and 30 are needed',
    });
    expect(tune(asCalls(corpusOf(habits, 30, 5))).recommendation).not.toBeNull();
  });

  it('learns nothing from confidence that is made up', () => {
    const calls = asCalls(corpusOf(habits, 60, 6)).map((call) => ({ ...call, synthetic: true }));

    expect(tune(calls)).toMatchObject({
      turns: 0,
      recommendation: null,
      notEnough: expect.stringContaining('the confidence of 12 of 12 calls is made up') as string,
    });
  });

  it('shows what nothing else beats in everything', () => {
    const { front } = tune(asCalls(corpusOf(habits, 60, 7)));
    const beats = (one: ScoredThresholds, other: ScoredThresholds) =>
      one.waitMs <= other.waitMs && one.cutOffs <= other.cutOffs && one.wasted <= other.wasted;

    expect(front.length).toBeGreaterThan(5);
    expect(front.filter((one) => front.some((other) => other !== one && beats(other, one)))).toEqual([]);
  });

  it('is drawn, the recommended one and what it is held against', () => {
    const tuning = tune(asCalls(corpusOf(habits, 60, 8)));
    const svg = tuneChart(tuning);
    const { eotThreshold, eagerEotThreshold } = tuning.recommendation!;

    expect(svg.match(/class="dot"/gu)).toHaveLength(tuning.front.length);
    expect(svg).toContain(`recommended: eot ${eotThreshold}, eager ${eagerEotThreshold}`);
    expect(svg).toContain("Flux's default");
    expect(svg).not.toMatch(/NaN|undefined|Infinity/u);
  });
});
