import { defer, from } from 'rxjs';
import type { Observable } from 'rxjs';
import wavefile from 'wavefile';
import { durationMs } from '../../operators/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { AudioError } from '../errors.ts';
import { toBytes, toSamples } from './pcm.ts';

/** A recording, whole: one channel of 16-bit samples. */
export interface AudioFile {
  readonly name: string;
  readonly audio: AudioChunk;
  readonly durationMs: number;
}

/** The rates that `readWav` takes. */
export const wavRates: readonly number[] = [8000, 16_000, 24_000, 44_100, 48_000];

/** The `fmt ` chunk of a WAV; `subformat` begins with the encoding where `audioFormat` says "extensible". */
interface Format {
  readonly audioFormat: number;
  readonly numChannels: number;
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  readonly subformat: readonly number[];
}

const pcm = 1;
const extensible = 0xfffe;
const encodings: Readonly<Record<number, string>> = {
  1: 'PCM',
  2: 'ADPCM',
  3: 'float',
  6: 'A-law',
  7: 'mu-law',
  17: 'ADPCM',
  85: 'MP3',
};

/**
 * Reads a WAV: 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, one channel, or two, which are mixed to one.
 *
 * The sound may stand anywhere in the file. Where the header promises more of it than there is, what is there counts.
 * Throws `AudioError`: `not-wav`; `unsupported`, with the line that converts it; `empty`. `name` is for messages.
 */
export function readWav(bytes: Uint8Array, name: string): AudioFile {
  const { container, format, sound } = parse(bytes, name);
  check(container, format, name);
  const samples = format.numChannels === 2 ? mixed(toSamples(sound)) : toSamples(sound);
  if (samples.length === 0) throw new AudioError('empty', `${name} holds no audio.`);
  const audio: AudioChunk = { data: toBytes(samples), encoding: 'linear16', sampleRateHz: format.sampleRate, channels: 1 };
  return { name, audio, durationMs: durationMs(audio) };
}

/**
 * A recording in chunks of `duration`, each a view of it. The last one may be shorter. Cold: they are cut as they are taken.
 *
 *     chunks(file, 80)    (ABCd|)        200 ms of audio and a bit: A, B 80 ms each
 */
export function chunks({ audio }: AudioFile, duration: number): Observable<AudioChunk> {
  const size = 2 * Math.max(1, Math.round((audio.sampleRateHz * duration) / 1000));
  function* cut(): Generator<AudioChunk> {
    for (let at = 0; at < audio.data.length; at += size) yield { ...audio, data: audio.data.subarray(at, at + size) };
  }
  return defer(() => from(cut()));
}

function parse(bytes: Uint8Array, name: string): { container: string; format: Format; sound: Uint8Array } {
  if (bytes.length === 0) throw new AudioError('not-wav', `${name} is empty: 0 bytes are no WAV file.`);
  const file = new wavefile.WaveFile();
  const { data } = file as unknown as { data: { chunkId: string; samples: Uint8Array } };
  try {
    file.fromBuffer(bytes);
  } catch (cause) {
    // The sound is read before lists of remarks, at which the library may stumble (two of them in one file).
    if (data.chunkId !== 'data')
      throw new AudioError('not-wav', `${name} is not a WAV file. Convert it: ${conversion(name)}`, { cause });
  }
  return { container: file.container, format: file.fmt as Format, sound: data.samples };
}

function check(
  container: string,
  { audioFormat, numChannels, sampleRate, bitsPerSample, subformat }: Format,
  name: string,
): void {
  const encoding = (audioFormat === extensible ? subformat[0] : audioFormat) ?? 0;
  const fits = container === 'RIFF' && encoding === pcm && bitsPerSample === 16 && numChannels >= 1 && numChannels <= 2;
  if (fits && wavRates.includes(sampleRate)) return;
  const kind = `${bitsPerSample}-bit ${encodings[encoding] ?? `encoding ${encoding}`}${container === 'RIFF' ? '' : ` (${container})`}`;
  throw new AudioError(
    'unsupported',
    `${name} is ${kind}, ${numChannels} channel${numChannels === 1 ? '' : 's'}, ${sampleRate} Hz. ` +
      `Readable is 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, mono or stereo. Convert it: ${conversion(name)}`,
  );
}

function conversion(name: string): string {
  const target = `${name.replace(/\.[^./\\]*$/, '')}-16k.wav`;
  const [from, to] = [name, target].map((path) => (/[^\w./\\:-]/.test(path) ? `"${path}"` : path));
  return `ffmpeg -i ${from} -ac 1 -ar 16000 -c:a pcm_s16le ${to}`;
}

function mixed(stereo: Int16Array): Int16Array {
  const mono = new Int16Array(stereo.length >> 1);
  for (let at = 0; at < mono.length; at++) mono[at] = ((stereo[2 * at] ?? 0) + (stereo[2 * at + 1] ?? 0)) >> 1;
  return mono;
}
