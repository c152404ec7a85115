/**
 * Computes where a piece of the agent's audio goes in the WAV of the call: to the point that the caller had reached when it began to
 * play. With `speed`, the caller's audio advances faster than the clock and the agent's does not; pieces that were played without a
 * gap stay together.
 */
export function wavPosition(speed: number, callerMs: number): (at: number, lengthMs: number) => number {
  const spokenMs = callerMs / speed;
  const callerAt = (at: number) => (at < spokenMs ? at * speed : callerMs + at - spokenMs);
  let end = { played: -Infinity, inWav: -Infinity };
  return (at, lengthMs) => {
    const hasNoGap = Math.abs(at - end.played) < 2;
    const inWav = hasNoGap ? end.inWav : Math.max(callerAt(at), end.inWav);
    end = { played: at + lengthMs, inWav: inWav + lengthMs };
    return inWav;
  };
}
