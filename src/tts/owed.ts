import type { Subscription } from 'rxjs';
import { Segment } from './segment.ts';

/** A `Clear` that waits for its `Cleared`: the end of that wait. */
type Clear = Subscription;

/**
 * What the far side has yet to answer, in the order in which it was asked: flushes, each with its segment, and clears.
 * Answers carry no id that could be relied on, so an answer means the oldest question that it fits.
 *
 *     asked       F(a)  F(b)  Clear  F(c)
 *     answered    all audio and `Flushed` until `Cleared` are of a and b, and thrown away; then c sounds
 *
 * Whether a flush that was cut still gets its `Flushed` is not known; `Cleared` settles it either way.
 */
export class Owed {
  readonly #entries: (Segment | Clear)[] = [];

  flush(segment: Segment): void {
    this.#entries.push(segment);
  }

  clear(deadline: Clear): void {
    this.#entries.push(deadline);
  }

  /** Whose audio comes now; nobody's while a clear is owed. */
  sounding(): Segment | undefined {
    const [first] = this.#entries;
    return first instanceof Segment && !this.#clearing() ? first : undefined;
  }

  /** Takes a `Flushed`: its segment, unless that was cleared. */
  flushed(): Segment | undefined {
    const sounding = this.sounding();
    if (this.#entries[0] instanceof Segment) this.#entries.shift();
    return sounding;
  }

  /** Takes a `Cleared`, which settles all that was asked before its clear. */
  cleared(): void {
    if (!this.#clearing()) return;
    let entry = this.#entries.shift();
    while (entry instanceof Segment) entry = this.#entries.shift();
    entry?.unsubscribe();
  }

  /** The flushes of which nothing was heard: one of them is meant when a flush is refused. */
  unheard(): Segment[] {
    return this.#entries.filter((entry) => entry instanceof Segment && !entry.sounded) as Segment[];
  }

  refused(segment: Segment): void {
    this.#entries.splice(this.#entries.indexOf(segment), 1);
  }

  #clearing(): boolean {
    return this.#entries.some((entry) => !(entry instanceof Segment));
  }
}
