/**
 * Where on the recording a stretch of the agent goes: where the caller was when it began to sound. A caller played faster or
 * slower than life moves on the recording at that speed, the agent does not: what sounded without a pause stays together.
 */
export function placement(speed: number, callerMs: number): (at: number, lengthMs: number) => number {
  const spokenMs = callerMs / speed;
  const callerAt = (at: number) => (at < spokenMs ? at * speed : callerMs + at - spokenMs);
  let end = { heard: -Infinity, placed: -Infinity };
  return (at, lengthMs) => {
    const goesOn = Math.abs(at - end.heard) < 2;
    const placed = goesOn ? end.placed : Math.max(callerAt(at), end.placed);
    end = { heard: at + lengthMs, placed: placed + lengthMs };
    return placed;
  };
}
