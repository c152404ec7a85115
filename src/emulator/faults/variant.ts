import { hitsOf, type Hits } from './faults.ts';

/** Where a client that has said nothing for so long, not even a ping, is hung up on. */
interface Idleness {
  /** Default: a minute for Flux, never for Aura. */
  readonly idleMs?: number;
  /** The close code. Default 1011. */
  readonly idleCode?: number;
}

/** Flux as it may be too (flux.md §12). Without a field it is as docs/emulator.md says. */
export interface ListenVariant extends Idleness {
  /** `CloseStream` closes at once: what was heard and not yet said stays unsaid. */
  readonly close?: 'at once';
  /** An audio frame without bytes closes like `CloseStream`, as it does in the older API. */
  readonly emptyFrame?: 'closes';
  /** An older build: `ForceEndTurn` is a message that it cannot read. */
  readonly forceEndTurn?: 'unknown';
  /** How many `Configure`s may wait for their answer. Default 8. */
  readonly maxPending?: number;
  /** `eager_eot_threshold: null` in a `Configure` unsets it; else it keeps what was. */
  readonly eagerNull?: 'unsets';
  /** Parameters that are not known are passed over. */
  readonly unknownParameters?: 'ignored';
  /** Seconds carry the noise of single precision: 0.48 is 0.47999996. */
  readonly numbers?: 'single precision';
  /** Every refusal of an upgrade has the body of the older API: `err_code`, `err_msg`. */
  readonly refusals?: 'v1';
}

/** Aura as it may be too (aura-and-openai.md A3 to A5, A8). Without a field it is as docs/emulator.md says. */
export interface SpeakVariant extends Idleness {
  /** `Close` closes at once: what is not yet spoken stays unspoken. */
  readonly close?: 'at once';
  /** Text is spoken as it comes, without waiting for its `Flush`. */
  readonly sound?: 'before Flush';
  /** The only spelling of a `Warning`: `code` and `description`, `warn_code` and `warn_msg`, or a `code` alone. Default: both. */
  readonly warnings?: 'code' | 'warn_code' | 'code only';
  /** A `Flush` of nothing is not answered. */
  readonly emptyFlush?: 'unanswered';
  /** A flush that `Clear` cuts is still answered with `Flushed`, before `Cleared`. */
  readonly cutFlush?: 'Flushed';
  /** `sequence_id`: counted for each type by itself, or always 0. Default: one count for both. */
  readonly sequence?: 'by type' | 'zero';
  /** Parameters that are not known are passed over. */
  readonly unknownParameters?: 'ignored';
}

/** Chat completions as compatible servers have them. */
export interface ChatVariant {
  /** The body stays open after `[DONE]`. */
  readonly done?: 'left open';
}

export type Variant = ListenVariant & SpeakVariant & ChatVariant;

/** How the service is for this connection; of several variants the later beats the earlier, field by field. */
export function variantOf(hits: Hits): Partial<Variant> {
  const struck = hitsOf(hits, 'variant').filter(({ strikes }) => strikes());
  return struck.reduce<Partial<Variant>>((variant, { fault }) => ({ ...variant, ...fault }), {});
}
