import { isRecord, type JsonObject } from '../../../operators/core/json.ts';
import type { ListenSettings } from '../backend.ts';

/** The ranges of docs/wire/flux.md §1.1, for the query and `Configure`. */
export const ranges = {
  eot_threshold: [0.5, 1],
  eager_eot_threshold: [0.3, 0.9],
  eot_timeout_ms: [500, 60_000],
} as const;

const keytermLimits = { terms: 100, characters: 100 } as const;

const languages: readonly string[] = ['en', 'es', 'fr', 'de', 'hi', 'ru', 'pt', 'ja', 'it', 'nl'];

/** Whether a language is supported. Ignores the region: `pt-BR` is Portuguese. */
function isLanguage(hint: string): boolean {
  return /^[a-z]{2}(-[A-Za-z0-9]+)*$/.test(hint) && languages.includes(hint.slice(0, 2));
}

/** The code and description of a `ConfigureFailure`. */
export interface Misfit {
  readonly code: string;
  readonly description: string;
}

type Thresholds = Partial<Record<keyof typeof ranges, number | null>>;

/** A `Configure` that fits the schema. Null keeps a value. */
export interface ConfigureMessage {
  readonly thresholds?: Thresholds | null;
  readonly keyterms?: readonly string[] | null;
  readonly language_hints?: readonly string[] | null;
  readonly numerals?: boolean | null;
}

/** Whether a `Configure` fits the schema: the right fields of the right types. Another one ends the session. */
export function isConfigure(message: JsonObject): message is JsonObject & ConfigureMessage {
  return hasOnly(message, {
    type: (value) => value === 'Configure',
    thresholds: (value) =>
      isRecord(value) && hasOnly(value, { eager_eot_threshold: isNumber, eot_threshold: isNumber, eot_timeout_ms: isNumber }),
    keyterms: isStrings,
    language_hints: isStrings,
    numerals: (value) => typeof value === 'boolean',
  });
}

/** Applies all of a `Configure`, or nothing of it (docs/wire/flux.md §3.2). `unsets`: null unsets `eager_eot_threshold`. */
export function configured(settings: ListenSettings, message: ConfigureMessage, unsets = false): ListenSettings | Misfit {
  const { eager_eot_threshold, eot_threshold, eot_timeout_ms } = message.thresholds ?? {};
  const { eager_eot_threshold: before, ...others } = settings;
  const eager = unsets && eager_eot_threshold === null ? undefined : (eager_eot_threshold ?? before);
  const next: ListenSettings = {
    ...others,
    eot_threshold: eot_threshold ?? settings.eot_threshold,
    ...(eager !== undefined && { eager_eot_threshold: eager }),
    eot_timeout_ms: eot_timeout_ms ?? settings.eot_timeout_ms,
    keyterm: message.keyterms ?? settings.keyterm,
    language_hint: message.language_hints ?? settings.language_hint,
    numerals: message.numerals ?? settings.numerals,
  };
  return misfit(next) ?? next;
}

/** The first problem of settings, of the query or after a `Configure`. */
export function misfit(settings: ListenSettings): Misfit | undefined {
  const { eot_threshold, eager_eot_threshold = 0, eot_timeout_ms, keyterm, language_hint, model } = settings;
  const { terms, characters } = keytermLimits;
  for (const [name, [low, high]] of Object.entries(ranges) as [keyof typeof ranges, readonly [number, number]][]) {
    const value = settings[name] ?? low;
    if (!(value >= low && value <= high)) return threshold(`${name} must be between ${low} and ${high}`);
  }
  if (!Number.isInteger(eot_timeout_ms)) return threshold('eot_timeout_ms must be an integer');
  if (eager_eot_threshold > eot_threshold) return threshold('eager_eot_threshold must not be above eot_threshold');
  if (keyterm.length > terms) return { code: 'INVALID_KEYTERM', description: `keyterm takes at most ${terms} terms` };
  if (keyterm.some((term) => term.trim() === '' || term.length > characters))
    return { code: 'INVALID_KEYTERM', description: `keyterm must be 1 to ${characters} characters` };
  if (language_hint.length > 0 && model !== 'flux-general-multi')
    return { code: 'INVALID_LANGUAGE_HINT', description: 'language_hint needs flux-general-multi' };
  if (!language_hint.every(isLanguage))
    return { code: 'INVALID_LANGUAGE_HINT', description: `language_hint must be one of ${languages.join(', ')}` };
  return undefined;
}

function threshold(description: string): Misfit {
  return { code: 'INVALID_THRESHOLD', description };
}

/** All active settings, in the form of a `ConfigureSuccess`. */
export function echo({ eager_eot_threshold, eot_threshold, eot_timeout_ms, ...settings }: ListenSettings): JsonObject {
  return {
    thresholds: { ...(eager_eot_threshold !== undefined && { eager_eot_threshold }), eot_threshold, eot_timeout_ms },
    keyterms: settings.keyterm,
    language_hints: settings.language_hint,
    numerals: settings.numerals,
  };
}

function hasOnly(value: JsonObject, fields: Readonly<Record<string, (value: unknown) => boolean>>): boolean {
  return Object.entries(value).every(
    ([name, field]) => Object.hasOwn(fields, name) && (field === null || fields[name]?.(field) === true),
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
