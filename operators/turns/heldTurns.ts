import type { TurnEvent } from '../events.ts';

/** Events of turns that wait for a decision or for protected speech to end. */
export class HeldTurns {
  #events: readonly TurnEvent[] = [];

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  has(turn: string): boolean {
    return this.#events.some((event) => event.turn === turn);
  }

  /** The latest event of a turn. */
  latest(turn: string | undefined): TurnEvent | undefined {
    return this.#events.findLast((event) => event.turn === turn);
  }

  hold(event: TurnEvent): void {
    this.#events = [...this.#events, event];
  }

  drop(turn: string): void {
    this.#events = this.#events.filter((event) => event.turn !== turn);
  }

  /**
   * Releases all turns but one. `ends`: the ends of those that have ended. `open`: the events of an open turn that still count,
   * which are its start and its latest draft unless it has resumed since.
   */
  release(except?: string): { readonly ends: readonly TurnEvent[]; readonly open: readonly TurnEvent[] } {
    const released = this.#events.filter(({ turn }) => turn !== except);
    this.#events = this.#events.filter(({ turn }) => turn === except);
    const ends = released.filter(({ type }) => type === 'EndOfTurn');
    const open = released.filter(({ turn }) => !ends.some((end) => end.turn === turn));
    const eager = open.findLastIndex(({ type }) => type === 'EagerEndOfTurn');
    const resumed = open.findLastIndex(({ type }) => type === 'TurnResumed');
    return {
      ends,
      open: open.filter(({ type }, at) => type === 'StartOfTurn' || (at === eager && eager > resumed)),
    };
  }
}
