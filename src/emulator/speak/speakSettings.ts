import type { VoiceSettings } from '../backend.ts';
import type { SpeakVariant } from '../faults/variant.ts';
import { Query } from '../server/query.ts';
import { hasSpeed, voices } from './auraVoices.ts';

const known = ['model', 'encoding', 'sample_rate', 'speed', 'mip_opt_out', 'container'];
const encodings = ['linear16', 'mulaw', 'alaw'] as const;
const rates = { linear16: [8000, 16_000, 24_000, 32_000, 48_000], mulaw: [8000, 16_000], alaw: [8000, 16_000] } as const;

/** Reads the query of `/v1/speak` (docs/wire/aura.md A1). Throws a `Refusal`. */
export function speakQuery(params: URLSearchParams, { unknownParameters }: SpeakVariant = {}): VoiceSettings {
  const query = new Query(params, 'INVALID_QUERY_PARAMETER', unknownParameters === 'ignored' ? undefined : known);
  const model = query.text('model') ?? 'aura-asteria-en';
  if (!voices.has(model)) query.refuse(`no such model: ${model}`);

  const encoding = query.oneOf('encoding', encodings) ?? 'linear16';
  const sample_rate = query.number('sample_rate') ?? (encoding === 'linear16' ? 24_000 : 8000);
  const allowed: readonly number[] = rates[encoding];
  if (!allowed.includes(sample_rate)) query.refuse(`sample_rate of ${encoding} must be one of ${allowed.join(', ')}`);

  const speed = query.number('speed', 0.7, 1.5);
  if (speed !== undefined && !hasSpeed(model)) query.refuse(`${model} does not take speed`);
  query.flag('mip_opt_out');
  query.oneOf('container', ['none']);
  return { model, encoding, sample_rate, ...(speed !== undefined && { speed }) };
}
