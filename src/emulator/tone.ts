import { createRequire } from 'node:module';
import type { VoiceSettings } from './mind.ts';

/** How long a frame of scripted speech is. */
export const frameMs = 40;

/**
 * 40 ms of a quiet chord (about -40 dBFS) that a text always has and hardly any other: two of 32 notes each, all multiples of 25 Hz, so that
 * 40 ms hold whole periods and the frames join without a click.
 */
export function tone(text: string, { encoding, sample_rate }: VoiceSettings): Uint8Array {
  const hash = hashOf(text);
  const low = 200 + 25 * (hash % 32);
  const high = 1100 + 25 * ((hash >>> 5) % 32);
  const samples = Int16Array.from({ length: (sample_rate * frameMs) / 1000 }, (_, n) => {
    const turn = (2 * Math.PI * n) / sample_rate;
    return Math.round(250 * (Math.sin(low * turn) + Math.sin(high * turn)));
  });
  return encoding === 'linear16' ? littleEndian(samples) : companded(samples, encoding, sample_rate);
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

/** G.711; the library is loaded by those who ask for it. */
function companded(samples: Int16Array, encoding: 'mulaw' | 'alaw', rate: number): Uint8Array {
  const { WaveFile } = createRequire(import.meta.url)('wavefile') as typeof import('wavefile');
  const wav = new WaveFile();
  wav.fromScratch(1, rate, '16', samples);
  if (encoding === 'mulaw') wav.toMuLaw();
  else wav.toALaw();
  return (wav.data as { samples: Uint8Array }).samples;
}
