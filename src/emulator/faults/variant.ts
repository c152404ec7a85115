/** When the service closes a connection whose client sends nothing, not even a ping. */
interface Idleness {
  /** Default: a minute for Flux, never for Aura. */
  readonly idleMs?: number;
  /** The close code. Default 1011. */
  readonly idleCode?: number;
}

/** Other ways in which Flux may behave (docs/wire/flux.md §12). Without a field it behaves as docs/emulator.md says. */
export interface ListenVariant extends Idleness {
  /** `CloseStream` closes at once; turns that were not sent yet are lost. */
  readonly close?: 'at once';
  /** An empty audio frame closes like `CloseStream`, as in the older API. */
  readonly emptyFrame?: 'closes';
  /** An older build: `ForceEndTurn` is an unknown message. */
  readonly forceEndTurn?: 'unknown';
  /** How many `Configure` messages may wait for their answer. Default 8. */
  readonly maxPending?: number;
  /** `eager_eot_threshold: null` in a `Configure` unsets it. Default: null keeps the value. */
  readonly eagerNull?: 'unsets';
  /** Unknown parameters are ignored. */
  readonly unknownParameters?: 'ignored';
  /** Seconds have the rounding errors of single precision: 0.48 is 0.47999996. */
  readonly numbers?: 'single precision';
  /** Every refused upgrade has the body of the older API: `err_code`, `err_msg`. */
  readonly refusals?: 'v1';
}

/** Other ways in which Aura may behave (docs/wire/aura.md A3 to A5, A8). Without a field it behaves as docs/emulator.md says. */
export interface SpeakVariant extends Idleness {
  /** `Close` closes at once; text that was not spoken yet is lost. */
  readonly close?: 'at once';
  /** Text is spoken when it arrives, without waiting for `Flush`. */
  readonly sound?: 'before Flush';
  /** The fields of a `Warning`: `code` and `description`, `warn_code` and `warn_msg`, or `code` alone. Default: all four. */
  readonly warnings?: 'code' | 'warn_code' | 'code only';
  /** A `Flush` without text gets no answer. */
  readonly emptyFlush?: 'unanswered';
  /** A flush that `Clear` interrupts still gets its `Flushed`, before `Cleared`. */
  readonly cutFlush?: 'Flushed';
  /** `sequence_id` counts each type separately, or is always 0. Default: one count for both types. */
  readonly sequence?: 'by type' | 'zero';
  /** Unknown parameters are ignored. */
  readonly unknownParameters?: 'ignored';
}

/** Other ways in which services compatible with OpenAI behave. */
export interface ChatVariant {
  /** The body stays open after `[DONE]`. */
  readonly done?: 'left open';
}

export type Variant = ListenVariant & SpeakVariant & ChatVariant;
