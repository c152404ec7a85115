import { asyncScheduler } from 'rxjs';

/** Estimates how much of a reply has been played. Playback starts once the reply is settled and has audio, and never pauses. */
export class Playhead {
  #audioMs = 0;
  #audioAt: number | undefined;
  #settledAt: number | undefined;

  /** Whether the turn may still continue. */
  get isDraft(): boolean {
    return this.#settledAt === undefined;
  }

  get hasAudio(): boolean {
    return this.#audioAt !== undefined;
  }

  settle(): void {
    this.#settledAt ??= asyncScheduler.now();
  }

  receive(audioMs: number): void {
    this.#audioAt ??= asyncScheduler.now();
    this.#audioMs += audioMs;
  }

  /** In how many ms no more than `lowMs` will be left to play; `Infinity` for a draft, which is not played yet. */
  msUntilLow(lowMs: number): number {
    const spareMs = Math.ceil(this.#audioMs - this.#playedMs() - lowMs); // whole ms: a shorter timer may never advance the clock
    if (spareMs <= 0) return 0;
    return this.isDraft ? Infinity : spareMs;
  }

  #playedMs(): number {
    if (this.#settledAt === undefined || this.#audioAt === undefined) return 0;
    return asyncScheduler.now() - Math.max(this.#settledAt, this.#audioAt);
  }
}
