import type { ChatVariant, ListenVariant, SpeakVariant } from './variant.ts';

/** The services that faults are of. */
export type FaultyService = 'listen' | 'speak' | 'chat';
type Socket = 'listen' | 'speak';

/**
 * Which connections (of `chat`: requests) a fault is for, and how often it strikes. It may strike wherever its kind finds an
 * occasion: once a connection, or at each message it is about.
 */
interface Aim {
  /** Counted from 0 for each service, those refused included. Default: all. */
  readonly connection?: number;
  /** How often it strikes, over all connections. Default: always. */
  readonly times?: number;
  /** How likely it strikes when it could, from 0 to 1. Default 1. Chance is seeded. */
  readonly probability?: number;
}

/** When it happens. Default: before anything is said; with several fields, one after the other. */
export interface Place {
  /** After the first message of this name: an event (`StartOfTurn`), a type (`Flushed`), or `audio`. Not for `chat`. */
  readonly after?: string;
  /** After so many messages (of that name), sound included; for `chat`: tokens. */
  readonly afterMessages?: number;
  /** So long after that. */
  readonly afterMs?: number;
}

/** How long something takes: `ms`, and what chance adds. */
export interface Delay {
  readonly ms: number;
  /** Uniform: up to so much more or less; normal: the standard deviation; exponential: the mean of what is added. */
  readonly jitterMs?: number;
  /** Default `uniform`. */
  readonly distribution?: 'uniform' | 'normal' | 'exponential';
}

/** What a refusal says beside its status. */
interface Refusing {
  readonly retryAfterMs?: number;
  /** `insufficient_quota`, say. Default: what the service is known to say with this status. */
  readonly code?: string;
  readonly message?: string;
}

/** Why a model stops before it has said all: too long, filtered, wants a tool, refuses. */
export type FinishReason = 'length' | 'content_filter' | 'tool_calls' | 'refusal';

/** Something that goes wrong at a far side (flux.md §11.10, aura-and-openai.md A8.8, B6.5); docs/faults.md has them all. */
export type Fault = Aim &
  (
    | ({ readonly kind: 'refuse'; readonly service: FaultyService; readonly status: number } & Refusing)
    | ({ readonly kind: 'stall'; readonly service: FaultyService; readonly forMs?: number } & Place)
    | ({ readonly kind: 'drop'; readonly service: FaultyService } & Place)
    | ({ readonly kind: 'close'; readonly service: Socket; readonly code?: number; readonly reason?: string } & Place)
    | ({ readonly kind: 'end'; readonly service: 'chat' } & Place)
    | ({ readonly kind: 'finish'; readonly service: 'chat'; readonly reason: FinishReason } & Place)
    | ({ readonly kind: 'error'; readonly service: 'listen' | 'chat'; readonly code?: string; readonly message?: string } & Place)
    | ({ readonly kind: 'malformed'; readonly service: FaultyService } & Place)
    | ({ readonly kind: 'unknown'; readonly service: FaultyService } & Place)
    | { readonly kind: 'duplicate'; readonly service: Socket; readonly of: string }
    | { readonly kind: 'missing'; readonly service: Socket; readonly of: string; readonly field?: string }
    | ({ readonly kind: 'late'; readonly service: Socket; readonly of: string } & Delay)
    | ({ readonly kind: 'slow'; readonly service: FaultyService } & Delay)
    | ({ readonly kind: 'latency'; readonly service: FaultyService } & Delay)
    | { readonly kind: 'stale'; readonly service: 'speak'; readonly frames?: number; readonly afterCleared?: boolean }
    | { readonly kind: 'odd'; readonly service: 'speak' }
    | { readonly kind: 'split'; readonly service: FaultyService }
    | { readonly kind: 'crlf'; readonly service: 'chat' }
    | { readonly kind: 'comments'; readonly service: 'chat' }
    | { readonly kind: 'join'; readonly service: 'chat' }
    | ({ readonly kind: 'variant'; readonly service: 'listen' } & ListenVariant)
    | ({ readonly kind: 'variant'; readonly service: 'speak' } & SpeakVariant)
    | ({ readonly kind: 'variant'; readonly service: 'chat' } & ChatVariant)
  );

export type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;
