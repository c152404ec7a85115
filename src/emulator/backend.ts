import type { Observable, OperatorFunction } from 'rxjs';
import type { MarkPlace } from './faults/farFaults.ts';
import type { Fault } from './faults/fault.ts';

/** How a caller of `/v2/listen` wants to be heard; as in the query, numbers as numbers, defaults filled in. */
export interface ListenSettings {
  readonly model: string;
  readonly encoding: string;
  readonly sample_rate: number;
  readonly eot_threshold: number;
  readonly eager_eot_threshold?: number;
  readonly eot_timeout_ms: number;
  readonly keyterm: readonly string[];
  readonly language_hint: readonly string[];
  readonly numerals: boolean;
}

/**
 * What a backend hears, in the order it arrived: audio bytes, changed settings, a forced end, and an answer of the server's, which
 * it says as it is when it comes to it, so that answers keep their place among the turns. Completion: `CloseStream`.
 */
export type BackendInput =
  | Uint8Array
  | { readonly type: 'Settings'; readonly settings: ListenSettings }
  | { readonly type: 'ForceEndTurn' }
  | { readonly type: 'Answer'; readonly message: Message };

/** A message of Flux. */
export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * What a backend says: a message of Flux as on the wire (`request_id` and `sequence_id` are filled in by the server where
 * missing), or that the connection drops (TCP reset), which only a scenario does.
 */
export type BackendOutput = Message | (Readonly<Record<string, unknown>> & { readonly drop: true });

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** How a caller of `/v1/speak` wants to be spoken to. */
export interface VoiceSettings {
  readonly model: string;
  readonly encoding: 'linear16' | 'mulaw' | 'alaw';
  readonly sample_rate: number;
  /** 0.7 to 1.5, only from voices that take it. */
  readonly speed?: number;
}

/**
 * What is behind the three services: a scenario, or real engines. The server keeps the protocols (handshake, limits, ids,
 * order); a backend hears, thinks and speaks.
 */
export interface Backend {
  readonly name: 'scripted' | 'local';
  /** One call of it per connection. Emits by audio time; completes once its source has completed and all is said. */
  readonly listen: (settings: ListenSettings) => OperatorFunction<BackendInput, BackendOutput>;
  /** The tokens of a reply, at the backend's own pace. Cold; unsubscribing stops it. */
  readonly think: (messages: readonly ChatMessage[]) => Observable<string>;
  /** The text as sound: frames in the requested encoding and rate, faster than real time. Cold; unsubscribing stops it. */
  readonly speak: (text: string, settings: VoiceSettings) => Observable<Uint8Array>;
  /** How long sound goes on after a `Clear`: a fault that only a scenario has. Default 0. */
  readonly clearLagMs?: number;
  /** What a scenario wants to go wrong around it, and the seed of their chance. */
  readonly faults?: readonly Fault[];
  readonly seed?: number;
  /** Asked when a fault takes a connection of `listen`, so that the next one goes on from there. */
  readonly markPlace?: MarkPlace;
  /** Frees engines and workers. */
  readonly close: () => Promise<void>;
}
