import { asyncScheduler } from 'rxjs';

/** Something that a replay made up, because the recording does not contain it. */
export interface Guess {
  /** When it was first needed. */
  readonly at: number;
  /** What the recording does not contain. */
  readonly what: string;
  /** The turns of the replay that it concerns, if it concerns turns. */
  readonly turns?: readonly string[];
}

/** Collects guesses, each once. */
export class Guesses {
  readonly #found = new Map<string, { readonly at: number; readonly what: string; readonly turns: Set<string> }>();

  add(what: string, turn?: string): void {
    const guess = this.#found.get(what) ?? { at: asyncScheduler.now(), what, turns: new Set() };
    this.#found.set(what, guess);
    if (turn !== undefined) guess.turns.add(turn);
  }

  get all(): readonly Guess[] {
    return [...this.#found.values()].map(({ at, what, turns }) => ({ at, what, ...(turns.size > 0 && { turns: [...turns] }) }));
  }
}
