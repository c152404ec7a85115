import { isKind, type Line } from './lines.ts';

/** Whether a line tells of something that came in: from a far side, the caller, or whoever tells the agent things. */
export function cameIn(line: Line): boolean {
  if (isKind(line, 'close') || isKind(line, 'end')) return !line.left;
  if (isKind(line, 'over')) return line.over === 'caller';
  return incoming.some((kind) => isKind(line, kind));
}

const incoming = ['caller', 'control', 'open', 'got', 'token', 'usage', 'retry'] as const;

/**
 * Knows of a line whether something of ours had happened before it, in its millisecond, that nothing which came in had led to: a
 * timer. The time that a line tells cannot.
 *
 *     10 ms   got          30 ms   SpeechResumed      by a timer
 *                          30 ms   got                late
 */
export class Ties {
  #inAt = -1;
  #oursAt = -1;
  #late = false;

  /** Takes note of a line. */
  isLate(line: Line): boolean {
    const { at } = line;
    if (!cameIn(line)) {
      this.#oursAt = at;
      return false;
    }
    if (this.#inAt !== at) this.#late = this.#oursAt === at;
    this.#inAt = at;
    return this.#late;
  }
}
