import { mulberry32 } from '../../operators/core/seededRandom.ts';

/** Runs `body` while `Math.random` gives the same numbers each time, from a seed. */
export function withSeededRandom<T>(seed: number, body: () => T): T {
  const { random } = Math;
  Math.random = mulberry32(seed);
  try {
    return body();
  } finally {
    Math.random = random;
  }
}
