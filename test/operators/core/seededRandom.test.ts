import { describe, expect, it } from 'vitest';
import { mulberry32, seededRandom } from '../../../operators/core/seededRandom.ts';

const first = (random: () => number) => [random(), random(), random()];

describe('seededRandom', () => {
  it('returns the same numbers in every version: recordings and scenarios depend on them', () => {
    expect(first(seededRandom(1, 0, 0))).toEqual([0.39972211071290076, 0.3372492359485477, 0.24039848940446973]);
    expect(first(mulberry32(1))).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  });

  it('returns other numbers for other seeds, and for the same seeds in another order', () => {
    expect(first(seededRandom(1, 2))).not.toEqual(first(seededRandom(2, 1)));
    expect(first(seededRandom(1))).not.toEqual(first(seededRandom(2)));
  });
});
