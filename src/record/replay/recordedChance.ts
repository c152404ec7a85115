import { connectionsOf, type Connection } from '../file/connections.ts';
import { isKind, type Line } from '../file/lines.ts';

/** The waits between attempts, in ms: the first and the longest (`reconnect`). */
const [baseMs, capMs] = [250, 5000];

/**
 * The random numbers by which the voice of a recording waited before it reconnected: with them a replay waits as long. After the last
 * of them it gives any random number.
 */
export function recordedChance(lines: readonly Line[]): () => number {
  const connections = connectionsOf(lines, 'speak');
  const over = lines.find((line) => isKind(line, 'over') && line.over === 'call');
  // The call may have ended during the last wait.
  const dialled = [...connections.slice(1).map(({ dialAt }) => dialAt), over?.at ?? Infinity];
  let failed = 0;
  const waits = connections.flatMap(({ rows, knownUntil }, at) => {
    failed = rows.some(isProof) ? 1 : failed + 1;
    if (failed === 1) return []; // the first attempt is made at once
    const longest = Math.min(capMs, baseMs * 2 ** (failed - 2));
    return [Math.min(1, Math.max(0, (dialled[at] ?? 0) - knownUntil) / longest)];
  });
  return () => waits.shift() ?? Math.random();
}

/** Whether a frame proves that the connection works. */
const isProof = ({ way, frame }: Connection['rows'][number]) =>
  way === 'got' && ('bytes' in frame || frame.text.includes('"Flushed"'));
