import type { VoiceSettings } from '../backend.ts';
import { libraries } from './libraries.ts';

/** How long a frame of scripted speech is. */
export const frameMs = 40;

/**
 * 40 ms of a quiet chord (about -40 dBFS) that a text always has and hardly any other: two notes, each one of 32. Notes are
 * multiples of 25 Hz, so that 40 ms hold whole periods and frames join without a click.
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
  const bytes = encoding === 'linear16' ? littleEndian(samples) : companded(samples, encoding, sample_rate);
  if (tones.size === mostTones) tones.clear();
  tones.set(name, bytes);
  return bytes;
}

/** Tones made before; of 1024 in an encoding the last few. They are handed out as they are, and not to be written to. */
const tones = new Map<string, Uint8Array>();
const mostTones = 256;

const waves = new Map<number, Int16Array>();

/** One period of 25 Hz: every other note is found in it, taking larger steps. */
function waveOf(rate: number): Int16Array {
  const length = (rate * frameMs) / 1000;
  const wave = waves.get(rate) ?? Int16Array.from({ length }, (_, n) => Math.round(250 * Math.sin((2 * Math.PI * n) / length)));
  waves.set(rate, wave);
  return wave;
}

/** FNV-1a: the same on any machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, n) => bytes.setInt16(2 * n, sample, true));
  return new Uint8Array(bytes.buffer);
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
