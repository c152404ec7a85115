import type { TurnEvent } from '../../operators/events.ts';
import type { Decoded } from './fluxCodec.ts';
import { OpenTurn } from './openTurn.ts';

/** A turn may begin this long before its `StartOfTurn`: a word is recognised only after it was spoken. */
const onsetMs = 800;

/** The state of one connection, from the messages of Flux so far. */
export class SessionState {
  /** Set by `Connected`; empty if it names none. */
  requestId: string | undefined;
  /** The turn that has begun and not ended. */
  readonly open = new OpenTurn();
  /** How far the audio is transcribed, on the audio clock of the call. */
  reachedMs = 0;
  /** The number of answers to `Configure`. */
  configured = 0;
  /** If the connection were lost now, the next one would need the audio from here on. */
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
    // The audio of a turn that ended is not sent twice.
    if (event.type === 'EndOfTurn') this.neededMs = this.reachedMs;
    else if (wasOpen === undefined) this.neededMs = Math.max(this.neededMs, this.reachedMs - onsetMs);
  }
}
