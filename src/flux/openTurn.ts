import type { TurnEvent } from '../../operators/events.ts';

/** Which turn of a recogniser has begun and not ended. What still comes of a turn that ended opens nothing. */
export class OpenTurn {
  turn: string | undefined;
  #ended: string | undefined;

  note({ type, turn, transcript }: TurnEvent): void {
    if (type === 'EndOfTurn') {
      this.#ended = turn;
      if (turn === this.turn) this.turn = undefined;
      // Flux has been seen to open a turn by an `Update` with words, without `StartOfTurn` (flux.md §5).
    } else if (turn !== this.#ended && (type !== 'Update' || transcript !== '')) {
      this.turn = turn;
    }
  }
}
