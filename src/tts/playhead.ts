import { asyncScheduler } from 'rxjs';

/** How far a reply can have been played. Playing starts once the reply is settled and has audio, and never halts in between. */
export class Playhead {
  #audioMs = 0;
  #audioAt: number | undefined;
  #settledAt: number | undefined;

  /** Whether the turn it answers may still go on. */
  get isDraft(): boolean {
    return this.#settledAt === undefined;
  }

  /** Whether any audio came. */
  get hasSound(): boolean {
    return this.#audioAt !== undefined;
  }

  settle(): void {
    this.#settledAt ??= asyncScheduler.now();
  }

  receive(audioMs: number): void {
    this.#audioAt ??= asyncScheduler.now();
    this.#audioMs += audioMs;
  }

  /** In how many ms no more than `lowMs` will be left to play; `Infinity` if time alone does not bring that about. */
  msUntilLow(lowMs: number): number {
    const spareMs = Math.ceil(this.#audioMs - this.#playedMs() - lowMs); // whole ms: a timer of less may never move the clock
    if (spareMs <= 0) return 0;
    return this.isDraft ? Infinity : spareMs;
  }

  #playedMs(): number {
    if (this.#settledAt === undefined || this.#audioAt === undefined) return 0;
    return asyncScheduler.now() - Math.max(this.#settledAt, this.#audioAt);
  }
}
