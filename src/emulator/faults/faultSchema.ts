// Generated from src/emulator/faults/fault.schema.json by npm run types:schemas; do not edit.

/**
 * A fault of an emulated service: the service, the kind, when and how often.
 */
export type FaultSchema =
  | {
      readonly kind: 'refuse';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly status: number;
      readonly retryAfterMs?: Ms;
      readonly code?: string;
      readonly message?: string;
    }
  | {
      readonly kind: 'stall';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly forMs?: Ms;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'drop';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'close';
      readonly service: 'listen' | 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly code?: 1000 | 1001 | 1002 | 1003 | 1005 | 1006 | 1007 | 1008 | 1009 | 1011 | 1012 | 1013;
      readonly reason?: string;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'end';
      readonly service: 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'finish';
      readonly service: 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly reason: 'length' | 'content_filter' | 'tool_calls' | 'refusal';
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'error';
      readonly service: 'listen' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly code?: string;
      readonly message?: string;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'malformed';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'unknown';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly after?: After;
      readonly afterMessages?: AfterMessages;
      readonly afterMs?: Ms;
    }
  | {
      readonly kind: 'duplicate';
      readonly service: 'listen' | 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      /**
       * An event (StartOfTurn), a type (Flushed), or audio.
       */
      readonly of: string;
    }
  | {
      readonly kind: 'missing';
      readonly service: 'listen' | 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      /**
       * An event (StartOfTurn), a type (Flushed), or audio.
       */
      readonly of: string;
      readonly field?: string;
    }
  | {
      readonly kind: 'late';
      readonly service: 'listen' | 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      /**
       * An event (StartOfTurn), a type (Flushed), or audio.
       */
      readonly of: string;
      readonly ms: Ms;
      readonly jitterMs?: Ms;
      readonly distribution?: 'uniform' | 'normal' | 'exponential';
    }
  | {
      readonly kind: 'slow';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly ms: Ms;
      readonly jitterMs?: Ms;
      readonly distribution?: 'uniform' | 'normal' | 'exponential';
    }
  | {
      readonly kind: 'latency';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly ms: Ms;
      readonly jitterMs?: Ms;
      readonly distribution?: 'uniform' | 'normal' | 'exponential';
    }
  | {
      readonly kind: 'stale';
      readonly service: 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      readonly frames?: number;
      readonly afterCleared?: boolean;
    }
  | {
      readonly kind: 'odd';
      readonly service: 'speak';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
    }
  | {
      readonly kind: 'split';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
    }
  | {
      readonly kind: 'crlf';
      readonly service: 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
    }
  | {
      readonly kind: 'comments';
      readonly service: 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
    }
  | {
      readonly kind: 'join';
      readonly service: 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
    }
  | {
      readonly kind: 'variant';
      readonly service: 'listen' | 'speak' | 'chat';
      readonly connection?: Connection;
      readonly times?: Times;
      readonly probability?: Probability;
      /**
       * CloseStream and Close close at once; turns that were not sent yet and text that was not spoken yet are lost.
       */
      readonly close?: 'at once';
      /**
       * Milliseconds.
       */
      readonly idleMs?: number;
      /**
       * The close code of idleMs.
       */
      readonly idleCode?: 1000 | 1001 | 1005 | 1006 | 1008 | 1011;
      /**
       * Unknown parameters are ignored.
       */
      readonly unknownParameters?: 'ignored';
      /**
       * An empty audio frame closes like CloseStream, as in the older API.
       */
      readonly emptyFrame?: 'closes';
      /**
       * An older build: ForceEndTurn is an unknown message.
       */
      readonly forceEndTurn?: 'unknown';
      /**
       * How many Configure messages may wait for their answer.
       */
      readonly maxPending?: number;
      /**
       * eager_eot_threshold: null in a Configure unsets it. Default: null keeps the value.
       */
      readonly eagerNull?: 'unsets';
      /**
       * Seconds have the rounding errors of single precision: 0.48 is 0.47999996.
       */
      readonly numbers?: 'single precision';
      /**
       * Every refused upgrade has the body of the older API: err_code, err_msg.
       */
      readonly refusals?: 'v1';
      /**
       * Text is spoken when it arrives, without waiting for Flush.
       */
      readonly sound?: 'before Flush';
      /**
       * The fields of a Warning: code and description, warn_code and warn_msg, or code alone. Default: all four.
       */
      readonly warnings?: 'code' | 'warn_code' | 'code only';
      /**
       * A Flush without text gets no answer.
       */
      readonly emptyFlush?: 'unanswered';
      /**
       * A flush that Clear interrupts still gets its Flushed, before Cleared.
       */
      readonly cutFlush?: 'Flushed';
      /**
       * sequence_id counts each type separately, or is always 0. Default: one count for both types.
       */
      readonly sequence?: 'by type' | 'zero';
      /**
       * The body stays open after [DONE].
       */
      readonly done?: 'left open';
    };
/**
 * The connection or request of the service, from 0. Default: all.
 */
export type Connection = number;
/**
 * How often it strikes, over all connections. Default: every time.
 */
export type Times = number;
/**
 * The probability that it strikes at an occasion.
 */
export type Probability = number;
/**
 * Milliseconds.
 */
export type Ms = number;
/**
 * After the first message of this name: an event, a type, or audio.
 */
export type After = string;
/**
 * After this many messages (of that name); of a completion: tokens.
 */
export type AfterMessages = number;
