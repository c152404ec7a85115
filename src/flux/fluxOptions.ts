import type { Encoding } from '../../operators/events.ts';
import { SluiceError } from '../errors.ts';
import type { Frame, Wire } from '../wire/wire.ts';

/** How Flux listens. What is not given is not sent, and Flux's own default holds (docs/flux/configuration). */
export interface FluxOptions {
  /** Needed unless a `wire` is given. */
  readonly apiKey?: string;
  /** `wss://…` or `https://…`; defaults to Deepgram's own. */
  readonly baseUrl?: string;
  /** `flux-general-en` (the default) or `flux-general-multi`. */
  readonly model?: string;
  /** How sure Flux must be that a turn is over: 0.5 to 1; 1 never is. Flux's default: 0.7. */
  readonly eotThreshold?: number;
  /** How sure for an `EagerEndOfTurn`: 0.3 to 0.9, at most `eotThreshold`. Without it there are no eager events. */
  readonly eagerEotThreshold?: number;
  /** Silence that ends a turn in any case: 500 to 60,000. Flux's default: 5000. */
  readonly eotTimeoutMs?: number;
  /** Words to listen for: at most 100, each at most 100 characters, without weights. */
  readonly keyterms?: readonly string[];
  /** Languages to expect, as `es`; only with a multilingual model. */
  readonly languageHints?: readonly string[];
  readonly profanityFilter?: boolean;
  /** Write numbers in digits. */
  readonly numerals?: boolean;
  readonly redact?: 'numbers' | 'aggressive_numbers';
  /** Keep this audio out of Deepgram's training; has a price. */
  readonly mipOptOut?: boolean;
  /** Labels for usage reports, each at most 128 characters. */
  readonly tags?: readonly string[];
  /** With `sampleRateHz` it lets the connection be made before there is audio; else both are taken from the first chunk. */
  readonly encoding?: Encoding;
  readonly sampleRateHz?: number;
  /** Stands around the wire, whichever it is: to record it. */
  readonly tap?: (wire: Wire) => Wire;
  /** Hears of each frame that is passed over: of a type or an event nobody here knows, or not readable. */
  readonly onUnknown?: (frame: Frame) => void;
  /** How much faster than real time Flux hears what waited for it, or was lost with a connection: 1 to 100. Defaults to 8. */
  readonly catchUp?: number;
  /** Chance, 0 to 1, that decides how long to wait before a lost connection is tried again. Defaults to `Math.random`. */
  readonly random?: () => number;
}

export const defaultModel = 'flux-general-en';

/** Throws what Flux would refuse, before there is a connection: a `SluiceError` with the code `invalid` that names the option. */
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
