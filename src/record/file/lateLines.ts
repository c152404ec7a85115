import { isKind, type Line } from './lines.ts';

/** Whether a line came in: from a service, the caller, or a control. */
export function isIncoming(line: Line): boolean {
  if (isKind(line, 'close') || isKind(line, 'end')) return !line.left;
  if (isKind(line, 'over')) return line.over === 'caller';
  return incoming.some((kind) => isKind(line, kind));
}

const incoming = ['caller', 'control', 'open', 'got', 'token', 'usage', 'retry'] as const;

/**
 * Finds incoming lines that came after a timer of ours in the same millisecond, which `at` cannot show.
 *
 *     10 ms   got          30 ms   SpeechResumed      by a timer
 *                          30 ms   got                late
 */
export class LateLines {
  #incomingAt = -1;
  #oursAt = -1;
  #late = false;

  /** Takes the next line. */
  isLate(line: Line): boolean {
    const { at } = line;
    if (!isIncoming(line)) {
      this.#oursAt = at;
      return false;
    }
    if (this.#incomingAt !== at) this.#late = this.#oursAt === at;
    this.#incomingAt = at;
    return this.#late;
  }
}
