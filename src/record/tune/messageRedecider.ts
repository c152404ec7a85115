import type { JsonObject } from '../../../operators/core/json.ts';
import type { FluxServerMessage, TurnInfo } from '../../flux/messages.ts';
import type { TurnThresholds } from '../../flux/turnMachine.ts';
import { messageOf } from '../messageOf.ts';
import { MomentReader } from './momentReader.ts';
import { TurnRedecider, type RedecidedTurnInfo } from './turnRedecider.ts';

/** A message as Flux would have sent it with other thresholds. */
export type RedecidedMessage =
  | Exclude<FluxServerMessage, TurnInfo>
  | (TurnInfo & {
      /** The recording does not prove this: Flux had ended the turn, or started no other, and measured something else from then on. */
      readonly assumed?: true;
    });

/** Turns the recorded messages of Flux, one connection after another, into those of other thresholds. */
export class MessageRedecider {
  readonly #thresholds: TurnThresholds;
  #connections = 0;
  #requestId: string | undefined;
  #sequence = 0;
  #failed = false;
  #reader = new MomentReader();
  #turns: TurnRedecider;

  constructor(thresholds: TurnThresholds) {
    this.#thresholds = thresholds;
    this.#turns = new TurnRedecider(thresholds);
  }

  /** The messages in place of a recorded frame. */
  redecide(frame: unknown): readonly RedecidedMessage[] {
    const message = messageOf(frame);
    if (message === undefined) return [];
    if (message['type'] === 'Connected') return this.#connect(message);
    if (this.#failed) return [];
    return [...(this.#requestId === undefined ? this.#connect(message) : []), ...this.#replace(message)];
  }

  /** Ends the open turn by hand, where the recording did not. */
  forceEnd(): readonly RedecidedMessage[] {
    const end = this.#failed ? undefined : this.#turns.forceEnd();
    return end === undefined ? [] : [this.#turnInfo(end)];
  }

  /** A connection whose start was not recorded gets a `Connected` too. */
  #connect({ request_id }: JsonObject): readonly RedecidedMessage[] {
    const requestId = typeof request_id === 'string' ? request_id : `connection ${this.#connections}`;
    if (requestId === this.#requestId) return [];
    this.#connections++;
    this.#requestId = requestId;
    this.#sequence = 0;
    this.#failed = false;
    this.#reader = new MomentReader();
    this.#turns = new TurnRedecider(this.#thresholds);
    return [this.#numbered({ type: 'Connected' })];
  }

  #replace(message: JsonObject): readonly RedecidedMessage[] {
    if (message['type'] === 'TurnInfo') {
      const moment = this.#reader.read(message);
      return moment ? this.#turns.decide(moment).map((info) => this.#turnInfo(info, moment.languages)) : [];
    }
    if (message['type'] === 'ConfigureSuccess') return [this.#numbered({ ...message, thresholds: this.#namedAsOnTheWire() })];
    if (message['type'] !== 'Error') return [this.#numbered(message)];
    this.#failed = true;
    const { code, description } = message; // an Error carries no request_id
    return [{ type: 'Error', sequence_id: this.#sequence++, code, description } as unknown as RedecidedMessage];
  }

  #turnInfo({ trigger, assumed, ...info }: RedecidedTurnInfo, languages: JsonObject = {}): RedecidedMessage {
    return this.#numbered({
      ...info,
      ...(trigger !== undefined && { trigger }),
      ...(assumed && { assumed }),
      ...languages,
    });
  }

  #numbered(message: object): RedecidedMessage {
    return { ...message, request_id: this.#requestId, sequence_id: this.#sequence++ } as unknown as RedecidedMessage;
  }

  #namedAsOnTheWire(): JsonObject {
    const { eotThreshold, eagerEotThreshold, eotTimeoutMs } = this.#thresholds;
    return {
      eot_threshold: eotThreshold,
      ...(eagerEotThreshold !== undefined && { eager_eot_threshold: eagerEotThreshold }),
      eot_timeout_ms: eotTimeoutMs,
    };
  }
}
