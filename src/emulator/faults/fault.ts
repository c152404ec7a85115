import type { ChatVariant, ListenVariant, SpeakVariant } from './variant.ts';

/** The services that can have faults. */
export type FaultyService = 'listen' | 'speak' | 'chat';
type Socket = 'listen' | 'speak';

/**
 * Which connections (of `chat`: requests) a fault applies to, and how often it strikes. Its kind decides the occasions: once a
 * connection, or at each message of a name.
 */
interface Aim {
  /** Counted from 0 for each service, refused ones too. Default: all. */
  readonly connection?: number;
  /** How often it strikes over all connections. Default: every time. */
  readonly times?: number;
  /** The probability that it strikes at an occasion, 0 to 1. Default 1. The random numbers are seeded. */
  readonly probability?: number;
}

/** When a fault happens. Default: before the first message. Several fields apply one after the other. */
export interface Place {
  /** After the first message of this name: an event (`StartOfTurn`), a type (`Flushed`), or `audio`. Not for `chat`. */
  readonly after?: string;
  /** After this many messages (of that name), audio frames included; for `chat`: tokens. */
  readonly afterMessages?: number;
  /** This long after that. */
  readonly afterMs?: number;
}

/** The place of a fault in a completion, whose tokens have no names. */
type ChatPlace = Omit<Place, 'after'>;

/** A delay: `ms` and a random part. */
export interface Delay {
  readonly ms: number;
  /** Uniform: up to this much more or less. Normal: the standard deviation. Exponential: the mean of the added time. */
  readonly jitterMs?: number;
  /** Default `uniform`. */
  readonly distribution?: 'uniform' | 'normal' | 'exponential';
}

/** The contents of a refusal beside its status. */
interface Refusing {
  readonly retryAfterMs?: number;
  /** For example `insufficient_quota`. Default: the service's usual code for this status. */
  readonly code?: string;
  readonly message?: string;
}

/** Why a model stops early: the answer is too long, is filtered, needs a tool, or is refused. */
export type FinishReason = 'length' | 'content_filter' | 'tool_calls' | 'refusal';

/** A fault of an emulated service (docs/wire/flux.md §11.10, docs/wire/aura.md A8.8, docs/wire/openai.md B6.5). docs/faults.md lists them all. */
export type Fault = Aim &
  (
    | ({ readonly kind: 'refuse'; readonly service: FaultyService; readonly status: number } & Refusing)
    | ({ readonly kind: 'stall'; readonly service: FaultyService; readonly forMs?: number } & Place)
    | ({ readonly kind: 'drop'; readonly service: FaultyService } & Place)
    | ({ readonly kind: 'close'; readonly service: Socket; readonly code?: number; readonly reason?: string } & Place)
    | ({ readonly kind: 'end'; readonly service: 'chat' } & ChatPlace)
    | ({ readonly kind: 'finish'; readonly service: 'chat'; readonly reason: FinishReason } & ChatPlace)
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
