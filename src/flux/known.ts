import type { TurnEvent } from '../../operators/events.ts';
import type { Decoded } from './codec.ts';

/** What is known of a session from what Flux has said so far. */
export class Known {
  /** Set by `Connected`; empty if it named none. */
  requestId: string | undefined;
  /** The turn that has begun and not ended. */
  openTurn: string | undefined;
  /** How far the audio is transcribed, on the audio clock of the call. */
  reachedMs = 0;
  /** How many `Configure`s were answered. */
  configured = 0;
  /** The last turn that ended: what still comes of it opens nothing. */
  private endedTurn: string | undefined;

  note({ event, configured }: Decoded): void {
    if (configured) this.configured += 1;
    if (event instanceof Error) return;
    if (event.type === 'Connected') this.requestId = event.requestId;
    else if ('turn' in event) this.noteTurn(event);
  }

  private noteTurn({ type, turn, transcript, audioEndMs }: TurnEvent): void {
    this.reachedMs = Math.max(this.reachedMs, audioEndMs);
    if (type === 'EndOfTurn') {
      this.endedTurn = turn;
      if (turn === this.openTurn) this.openTurn = undefined;
      // Flux has been seen to open a turn by an `Update` with words, without `StartOfTurn` (flux.md §5).
    } else if (turn !== this.endedTurn && (type !== 'Update' || transcript !== '')) {
      this.openTurn = turn;
    }
  }
}
