import { defer, from, type Observable } from 'rxjs';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk } from '../../operators/events.ts';
import { AudioError } from '../errors.ts';
import { toBytes, toSamples } from './pcm.ts';
import { riffChunks, tagAt, wavFormat, type WavFormat } from './riff.ts';

/** The audio of a file: one channel of 16-bit samples. */
export interface AudioFile {
  readonly name: string;
  readonly audio: AudioChunk;
  readonly durationMs: number;
}

/** The sample rates that `readWav` accepts. */
const wavRates: readonly number[] = [8000, 16_000, 24_000, 44_100, 48_000];

const pcm = 1;
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
 * Reads a WAV: 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, mono, or stereo, which is mixed to mono.
 *
 * The first `fmt ` and the first `data` chunk count, in any order; other chunks are ignored. If the header announces more audio
 * than there is, the existing part is used, without half a sample at its end. Throws `AudioError`: `not-wav`; `unsupported`, with
 * a command that converts the file; `empty`.
 *
 * @param name the file's name, for messages
 */
export function readWav(bytes: Uint8Array, name: string): AudioFile {
  const { format, sound } = parse(bytes, name);
  check(format, name);
  const samples = format.channels === 2 ? mixed(toSamples(sound)) : toSamples(sound);
  if (samples.length === 0) throw new AudioError('empty', `${name} contains no audio.`);
  const { sampleRateHz } = format;
  const audio: AudioChunk = { data: toBytes(samples), encoding: 'linear16', sampleRateHz, channels: 1 };
  return { name, audio, durationMs: durationMs(audio) };
}

/**
 * Emits a file in chunks of `duration` ms, each a view of it. The last one may be shorter. Cold, and cut on demand.
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

function parse(bytes: Uint8Array, name: string): { format: WavFormat; sound: Uint8Array } {
  if (bytes.length === 0) throw new AudioError('not-wav', `${name} is not a WAV file: it is empty (0 bytes).`);
  const container = tagAt(bytes, 0);
  if (!['RIFF', 'RIFX', 'RF64'].includes(container) || tagAt(bytes, 8) !== 'WAVE')
    throw new AudioError('not-wav', `${name} is not a WAV file. Convert it: ${conversion(name)}`);
  if (container !== 'RIFF') throw unsupported(name, `a WAV file of the kind ${container}`);
  let format: Uint8Array | undefined;
  let sound: Uint8Array | undefined;
  for (const { id, body } of riffChunks(bytes)) {
    if (id === 'fmt ') format ??= body;
    if (id === 'data') sound ??= body;
  }
  if (format === undefined || format.length < 16) throw damaged(name, 'its format (the chunk "fmt ")');
  if (sound === undefined) throw damaged(name, 'its audio (the chunk "data")');
  return { format: wavFormat(format), sound };
}

function check({ encoding, channels, sampleRateHz, bits }: WavFormat, name: string): void {
  const fits = encoding === pcm && bits === 16 && channels >= 1 && channels <= 2;
  if (fits && wavRates.includes(sampleRateHz)) return;
  const kind = `${bits}-bit ${encodings[encoding] ?? `encoding ${encoding}`}`;
  throw unsupported(name, `${kind}, ${channels} channel${channels === 1 ? '' : 's'}, ${sampleRateHz} Hz`);
}

function damaged(name: string, what: string): AudioError {
  return new AudioError('not-wav', `${name} is a damaged WAV file: ${what} is missing or cut off.`);
}

function unsupported(name: string, kind: string): AudioError {
  return new AudioError(
    'unsupported',
    `${name} is ${kind}. Supported is 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, mono or stereo. Convert it: ${conversion(name)}`,
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
