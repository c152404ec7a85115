import type { TurnEvent } from '../../operators/events.ts';
import type { Decoded } from './fluxCodec.ts';
import { OpenTurn } from './openTurn.ts';

/** How long before its `StartOfTurn` a turn may have begun: a word is only known once it was spoken. */
const onsetMs = 800;

/** What is known of a session from what Flux has said so far. */
export class Known {
  /** Set by `Connected`; empty if it named none. */
  requestId: string | undefined;
  /** The turn that has begun and not ended. */
  readonly open = new OpenTurn();
  /** How far the audio is transcribed, on the audio clock of the call. */
  reachedMs = 0;
  /** How many `Configure`s were answered. */
  configured = 0;
  /** From where on audio must be heard again, should the connection be lost now. */
  neededMs = 0;

  note({ event, configured }: Decoded): void {
    if (configured) this.configured += 1;
    if (event instanceof Error) return;
    if (event.type === 'Connected') this.requestId = event.requestId;
    else if ('turn' in event) this.#noteTurn(event);
  }

  #noteTurn(event: TurnEvent): void {
    const wasOpen = this.open.turn;
    this.open.note(event);
    this.reachedMs = Math.max(this.reachedMs, event.audioEndMs);
    // A turn begins before Flux says so; of one that ended nothing is to be heard twice.
    if (event.type === 'EndOfTurn') this.neededMs = this.reachedMs;
    else if (wasOpen === undefined) this.neededMs = Math.max(this.neededMs, this.reachedMs - onsetMs);
  }
}
