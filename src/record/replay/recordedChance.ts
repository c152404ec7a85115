import { connectionsOf, type Connection } from '../file/connections.ts';
import { isKind, type Line } from '../file/lines.ts';

/** The longest waits between attempts, in ms (`reconnect`). */
const [baseMs, capMs] = [250, 5000];

/**
 * The chance by which the voice of a recording waited between its sockets: with it a replay waits as long. Where the recording
 * has no more of it, it is any.
 */
export function chanceOf(lines: readonly Line[]): () => number {
  const connections = connectionsOf(lines, 'speak');
  const over = lines.find((line) => isKind(line, 'over') && line.over === 'call');
  // The last wait may have ended with the call, before there was anyone to ask.
  const dialled = [...connections.slice(1).map(({ dialAt }) => dialAt), over?.at ?? Infinity];
  let failed = 0;
  const waits = connections.flatMap(({ rows, knownUntil }, at) => {
    failed = rows.some(isProof) ? 1 : failed + 1;
    if (failed === 1) return []; // at once
    const longest = Math.min(capMs, baseMs * 2 ** (failed - 2));
    return [Math.min(1, Math.max(0, (dialled[at] ?? 0) - knownUntil) / longest)];
  });
  return () => waits.shift() ?? Math.random();
}

const isProof = ({ way, frame }: Connection['rows'][number]) =>
  way === 'got' && ('bytes' in frame || frame.text.includes('"Flushed"'));
