/** Runs `body` with chance that is the same every time: `Math.random` counts from a seed (mulberry32) meanwhile. */
export function withSeededRandom<T>(seed: number, body: () => T): T {
  const { random } = Math;
  let state = seed >>> 0;
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  try {
    return body();
  } finally {
    Math.random = random;
  }
}
