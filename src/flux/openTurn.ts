import type { TurnEvent } from '../../operators/events.ts';

/** The turn of a recogniser that has begun and not ended. Later events of a turn that ended do not open it again. */
export class OpenTurn {
  turn: string | undefined;
  #ended: string | undefined;

  note({ type, turn, transcript }: TurnEvent): void {
    if (type === 'EndOfTurn') {
      this.#ended = turn;
      if (turn === this.turn) this.turn = undefined;
      // Flux sometimes opens a turn with an `Update` that has words, without `StartOfTurn` (docs/wire/flux.md §5).
    } else if (turn !== this.#ended && (type !== 'Update' || transcript !== '')) {
      this.turn = turn;
    }
  }
}
