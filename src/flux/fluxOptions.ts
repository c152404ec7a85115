import type { Encoding } from '../../operators/events.ts';
import { SluiceError } from '../errors.ts';
import type { Frame, Wire } from '../wire/wire.ts';

/** Options of Flux. An option that is not set is not sent: Flux uses its own default (docs/wire/flux.md §1.1). */
export interface FluxOptions {
  /** Needed unless a `wire` is given. */
  readonly apiKey?: string;
  /** `wss://…` or `https://…`; defaults to Deepgram's own. */
  readonly baseUrl?: string;
  /** `flux-general-en` (the default) or `flux-general-multi`. */
  readonly model?: string;
  /** The confidence from which on a turn is over: 0.5 to 1, where 1 is never reached. Flux's default: 0.7. */
  readonly eotThreshold?: number;
  /** The confidence for an `EagerEndOfTurn`: 0.3 to 0.9, at most `eotThreshold`. Without it there are no eager events. */
  readonly eagerEotThreshold?: number;
  /** Silence of this length ends a turn at any confidence: 500 to 60,000. Flux's default: 5000. */
  readonly eotTimeoutMs?: number;
  /** Words to expect: at most 100, each at most 100 characters, without weights. */
  readonly keyterms?: readonly string[];
  /** Languages to expect, such as `es`; only with a multilingual model. */
  readonly languageHints?: readonly string[];
  readonly profanityFilter?: boolean;
  /** Write numbers in digits. */
  readonly numerals?: boolean;
  readonly redact?: 'numbers' | 'aggressive_numbers';
  /** Keep this audio out of Deepgram's training. Costs extra. */
  readonly mipOptOut?: boolean;
  /** Labels for usage reports, each at most 128 characters. */
  readonly tags?: readonly string[];
  /** With `sampleRateHz` the connection opens before there is audio; otherwise both are taken from the first chunk. */
  readonly encoding?: Encoding;
  readonly sampleRateHz?: number;
  /** Wraps the wire, for example to record it. */
  readonly tap?: (wire: Wire) => Wire;
  /** Called with each frame that is ignored: of an unknown type or event, or unreadable. */
  readonly onUnknown?: (frame: Frame) => void;
  /** How much faster than real time buffered audio is sent, also after a reconnect: 1 to 100. Defaults to 8. */
  readonly catchUp?: number;
  /** A random number from 0 to 1, for the waits before a reconnect. Defaults to `Math.random`. */
  readonly random?: () => number;
}

export const defaultModel = 'flux-general-en';

/** Throws a `SluiceError` with the code `invalid` that names the option, if Flux would refuse it. */
export function checkOptions({
  model = defaultModel,
  eotThreshold,
  eagerEotThreshold,
  eotTimeoutMs,
  ...rest
}: FluxOptions): void {
  inRange('eotThreshold', eotThreshold, 0.5, 1);
  inRange('eagerEotThreshold', eagerEotThreshold, 0.3, 0.9);
  inRange('eotTimeoutMs', eotTimeoutMs, 500, 60_000);
  inRange('catchUp', rest.catchUp, 1, 100);
  const eot = eotThreshold ?? 0.7;
  if (eagerEotThreshold !== undefined && eagerEotThreshold > eot) {
    throw invalid(`eagerEotThreshold (${eagerEotThreshold}) must not be above eotThreshold (${eot}).`);
  }
  texts('keyterms', rest.keyterms, 100);
  texts('languageHints', rest.languageHints, 100);
  texts('tags', rest.tags, 128);
  if (rest.keyterms !== undefined && rest.keyterms.length > 100)
    throw invalid(`keyterms has ${rest.keyterms.length} terms; Flux takes 100.`);
  if (rest.languageHints?.length && !model.includes('multi')) {
    throw invalid(`languageHints needs a multilingual model (flux-general-multi), not ${model}.`);
  }
}

const invalid = (message: string) => new SluiceError('invalid', `The Flux option ${message}`);

function inRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw invalid(`${name} must be from ${least} to ${most}, not ${value}.`);
}

function texts(name: string, values: readonly string[] = [], most: number): void {
  const wrong = values.findIndex((value) => value.trim() === '' || value.length > most);
  if (wrong >= 0) throw invalid(`${name}[${wrong}] must have 1 to ${most} characters.`);
}
