import type { Observable, OperatorFunction } from 'rxjs';
import type { Fault } from './faults/fault.ts';
import type { MarkPlace } from './faults/peerFaults.ts';

/** The settings of a connection to `/v2/listen`: the parameters of its query, with numbers as numbers and defaults filled in. */
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
 * The input of a backend, in the order of arrival: audio bytes, changed settings, a forced end, and answers of the server. The
 * backend emits an answer unchanged when it reaches it, so answers keep their place among the turns. Completes at `CloseStream`.
 */
export type BackendInput =
  | Uint8Array
  | { readonly type: 'Settings'; readonly settings: ListenSettings }
  | { readonly type: 'ForceEndTurn' }
  | { readonly type: 'Answer'; readonly message: Message };

/** A message of Flux. */
export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * The output of a backend: a message of Flux as on the wire (the server fills in a missing `request_id` and `sequence_id`), or
 * a dropped connection (TCP reset), which only a scenario emits.
 */
export type BackendOutput = Message | (Readonly<Record<string, unknown>> & { readonly drop: true });

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

/** The settings of a connection to `/v1/speak`. */
export interface VoiceSettings {
  readonly model: string;
  readonly encoding: 'linear16' | 'mulaw' | 'alaw';
  readonly sample_rate: number;
  /** 0.7 to 1.5, for voices that support it. */
  readonly speed?: number;
}

/**
 * Does the work behind the three services: a scenario, or real engines. The server handles the protocols (handshake, limits,
 * ids, order); a backend recognises, thinks and speaks.
 */
export interface Backend {
  readonly name: 'scripted' | 'local';
  /** Called once per connection. Emits by audio time. Completes after its source, when everything is emitted. */
  readonly listen: (settings: ListenSettings) => OperatorFunction<BackendInput, BackendOutput>;
  /** The tokens of a reply, at the backend's pace. Cold; unsubscribing stops it. */
  readonly think: (messages: readonly ChatMessage[]) => Observable<string>;
  /** The text as audio: frames in the requested encoding and rate, faster than real time. Cold; unsubscribing stops it. */
  readonly speak: (text: string, settings: VoiceSettings) => Observable<Uint8Array>;
  /** How long audio continues after a `Clear`. Only scenarios have this fault. Default 0. */
  readonly clearLagMs?: number;
  /** The faults of a scenario, and the seed of their random numbers. */
  readonly faults?: readonly Fault[];
  readonly seed?: number;
  /** Called when a fault ends a connection of `listen`: the next one continues from that place. */
  readonly markPlace?: MarkPlace;
  /** Frees engines and workers. */
  readonly close: () => Promise<void>;
}
