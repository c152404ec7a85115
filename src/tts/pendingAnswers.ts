import type { Subscription } from 'rxjs';
import type { Segment } from './segment.ts';

/**
 * What the far side has yet to answer. Its answers carry no id that could be relied on, but they come in the order in which
 * was asked: audio and `Flushed` are of the oldest flush.
 *
 *     asked       F(a)   F(b)   Clear  F(c)
 *     answered    a-a-F--b---   b-F-C  c-c-F       C: Cleared
 *
 * A clear settles the flushes before it, whether they still get audio and a `Flushed` (which is not known) or not: all of
 * that is passed over until its `Cleared`, after which only what was asked later is answered.
 */
export class Owed {
  #clears: Subscription[] = [];
  #segments: Segment[] = [];

  flush(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** `deadline`: what waits for the `Cleared`, and is told by unsubscribing. */
  clear(deadline: Subscription): void {
    this.#segments = [];
    this.#clears.push(deadline);
  }

  /** Whose audio comes now; nobody's while a clear is owed. */
  sounding(): Segment | undefined {
    return this.#clears.length > 0 ? undefined : this.#segments[0];
  }

  /** Takes a `Flushed`: its segment, unless that was cleared. */
  flushed(): Segment | undefined {
    const segment = this.sounding();
    if (segment !== undefined) this.#segments.shift();
    return segment;
  }

  /** Takes a `Cleared`. */
  cleared(): void {
    this.#clears.shift()?.unsubscribe();
  }

  /**
   * Takes the refusal of a flush: its segment, none if that was cleared. `'unclear'` if it may mean one of several, for what
   * is refused is said at once, ahead of the answers to older questions.
   */
  refused(): Segment | 'unclear' | undefined {
    const unheard = this.#segments.filter(({ sounded }) => !sounded);
    const [segment] = unheard;
    if (segment === undefined) return undefined;
    if (unheard.length > 1 || this.#clears.length > 0) return 'unclear';
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    return segment;
  }
}
