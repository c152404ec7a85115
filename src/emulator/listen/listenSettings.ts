import type { ListenSettings } from '../backend.ts';
import type { ListenVariant } from '../faults/variant.ts';
import { Query, Refusal } from '../server/query.ts';
import { misfit, ranges } from './configure.ts';

export const defaultSettings: ListenSettings = {
  model: 'flux-general-en',
  encoding: 'linear16',
  sample_rate: 16_000,
  eot_threshold: 0.7,
  eot_timeout_ms: 5000,
  keyterm: [],
  language_hint: [],
  numerals: false,
};

const models: readonly string[] = ['flux-general-en', 'flux-general-multi'];
const encodings = ['linear16', 'linear32', 'mulaw', 'alaw', 'opus', 'ogg-opus'] as const;
const rates: readonly number[] = [8000, 16_000, 24_000, 44_100, 48_000];
const known = [
  ...['model', 'encoding', 'sample_rate', 'eot_threshold', 'eager_eot_threshold', 'eot_timeout_ms', 'keyterm', 'language_hint'],
  ...['profanity_filter', 'numerals', 'redact', 'mip_opt_out', 'tag'],
];

export interface ListenQuery {
  readonly settings: ListenSettings;
  /** Without `encoding`, the audio is in a container that names its format. */
  readonly contained: boolean;
}

/**
 * Reads the query of `/v2/listen` (docs/wire/flux.md §1.1). Throws a `Refusal` (§1.2). Unlike Flux it refuses Opus, with 400,
 * because nothing here decodes it.
 */
export function listenQuery(params: URLSearchParams, { unknownParameters }: ListenVariant = {}): ListenQuery {
  const query = new Query(params, 'INVALID_PARAMETER', unknownParameters === 'ignored' ? undefined : known);
  const model = query.text('model') ?? query.refuse('model is required');
  if (!models.includes(model))
    throw new Refusal(403, 'INSUFFICIENT_PERMISSIONS', `no access to model ${model}, or no such model`);

  const { encoding, sample_rate } = format(query);
  const eager_eot_threshold = query.number('eager_eot_threshold', ...ranges.eager_eot_threshold);
  query.flag('profanity_filter');
  query.flag('mip_opt_out');
  query.oneOf('redact', ['numbers', 'aggressive_numbers']);
  if (query.all('tag').some((tag) => tag.length > 128)) query.refuse('tag takes at most 128 characters');
  if (query.all('language_hint').some((hint) => hint === '')) query.refuse('language_hint must not be empty');

  const settings: ListenSettings = {
    model,
    encoding: encoding ?? defaultSettings.encoding,
    sample_rate: sample_rate ?? defaultSettings.sample_rate,
    eot_threshold: query.number('eot_threshold', ...ranges.eot_threshold) ?? defaultSettings.eot_threshold,
    ...(eager_eot_threshold !== undefined && { eager_eot_threshold }),
    eot_timeout_ms: query.number('eot_timeout_ms', ...ranges.eot_timeout_ms) ?? defaultSettings.eot_timeout_ms,
    keyterm: query.all('keyterm'),
    language_hint: query.all('language_hint'),
    numerals: query.flag('numerals') ?? defaultSettings.numerals,
  };
  const wrong = misfit(settings);
  if (wrong) query.refuse(wrong.description);
  return { settings, contained: encoding === undefined };
}

/** The format of raw audio. For a container both fields are undefined. */
function format(query: Query): { readonly encoding: string | undefined; readonly sample_rate: number | undefined } {
  const encoding = query.oneOf('encoding', encodings);
  const sample_rate = query.number('sample_rate');
  if (encoding === 'opus' || encoding === 'ogg-opus') query.refuse(`the emulator does not decode ${encoding}`);
  if (encoding !== undefined && sample_rate === undefined) query.refuse('encoding needs sample_rate');
  if (encoding === undefined && sample_rate !== undefined) query.refuse('sample_rate needs encoding');
  if (sample_rate !== undefined && !rates.includes(sample_rate)) query.refuse(`sample_rate must be one of ${rates.join(', ')}`);
  return { encoding, sample_rate };
}
