import { toBytes } from '../../audio/pcm.ts';
import type { VoiceSettings } from '../backend.ts';
import { libraries } from './libraries.ts';

/** The duration of a frame of scripted speech. */
export const frameMs = 40;

/**
 * 40 ms of a quiet chord (about -40 dBFS) of two notes, each one of 32. A text always has the same chord, and few texts share
 * one. Notes are multiples of 25 Hz: 40 ms contain whole periods, so frames join without a click.
 */
export function tone(text: string, { encoding, sample_rate }: VoiceSettings): Uint8Array {
  const hash = hashOf(text);
  const low = 8 + (hash % 32);
  const high = 44 + ((hash >>> 5) % 32);
  const name = `${low} ${high} ${encoding} ${sample_rate}`;
  const known = tones.get(name);
  if (known) return known;
  const wave = waveOf(sample_rate);
  const samples = wave.map((_, n) => (wave[(n * low) % wave.length] ?? 0) + (wave[(n * high) % wave.length] ?? 0));
  const bytes = encoding === 'linear16' ? toBytes(samples) : companded(samples, encoding, sample_rate);
  if (tones.size === mostTones) tones.clear();
  tones.set(name, bytes);
  return bytes;
}

/** The last tones that were made. Callers share them and must not write to them. */
const tones = new Map<string, Uint8Array>();
const mostTones = 256;

const waves = new Map<number, Int16Array>();

/** One period of 25 Hz. Larger steps through it give the other notes. */
function waveOf(rate: number): Int16Array {
  const length = (rate * frameMs) / 1000;
  const wave = waves.get(rate) ?? Int16Array.from({ length }, (_, n) => Math.round(250 * Math.sin((2 * Math.PI * n) / length)));
  waves.set(rate, wave);
  return wave;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** G.711. */
function companded(samples: Int16Array, encoding: 'mulaw' | 'alaw', rate: number): Uint8Array {
  const { WaveFile } = libraries.wavefile();
  const wav = new WaveFile();
  wav.fromScratch(1, rate, '16', samples);
  if (encoding === 'mulaw') wav.toMuLaw();
  else wav.toALaw();
  return (wav.data as { samples: Uint8Array }).samples;
}
