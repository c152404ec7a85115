import type { Subscription } from 'rxjs';
import type { Segment } from './segment.ts';

/**
 * The requests to Aura that are not answered yet. Answers carry no reliable id, but they arrive in the order of the requests:
 * audio and `Flushed` belong to the oldest flush.
 *
 *     requests    F(a)   F(b)   Clear  F(c)
 *     answers     a-a-F--b---   b-F-C  c-c-F       C: Cleared
 *
 * After a clear everything is ignored until its `Cleared`, because it is unknown whether the flushes before it still get audio
 * and a `Flushed` (docs/wire/aura.md A3). Then only later requests are answered.
 */
export class PendingAnswers {
  #clears: Subscription[] = [];
  #segments: Segment[] = [];

  flush(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** @param timeout is unsubscribed by the `Cleared` */
  clear(timeout: Subscription): void {
    this.#segments = [];
    this.#clears.push(timeout);
  }

  /** The segment to which audio belongs now; none while a clear is pending. */
  current(): Segment | undefined {
    return this.#clears.length > 0 ? undefined : this.#segments[0];
  }

  /** Takes a `Flushed`. Returns its segment, unless that was cleared. */
  flushed(): Segment | undefined {
    const segment = this.current();
    if (segment !== undefined) this.#segments.shift();
    return segment;
  }

  /** Takes a `Cleared`. */
  cleared(): void {
    this.#clears.shift()?.unsubscribe();
  }

  /**
   * Takes the refusal of a flush. Returns its segment, unless that was cleared; `'unclear'` if it may belong to several, because
   * refusals are sent at once, ahead of the answers to earlier requests.
   */
  refused(): Segment | 'unclear' | undefined {
    const withoutAudio = this.#segments.filter(({ hasAudio }) => !hasAudio);
    const [segment] = withoutAudio;
    if (segment === undefined) return undefined;
    if (withoutAudio.length > 1 || this.#clears.length > 0) return 'unclear';
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    return segment;
  }
}
