import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWav } from '../../src/audio/wav.ts';
import { AudioError } from '../../src/errors.ts';
import { corpus, damaged, trying } from './fuzz.ts';
import { sluice } from '../cli/sluiceInProcess.ts';

const cases = corpus('wav');
const path = (name: string) => join(import.meta.dirname, 'corpus/wav', `${name}.wav`);
const samplesOf = (data: Uint8Array) => [...new Int16Array(data.slice().buffer)];

/** What becomes of a file: its rate and samples, or the error's code and message. */
function outcome(bytes: Uint8Array): readonly number[] | string {
  try {
    const { audio } = readWav(bytes, 'a.wav');
    return [audio.sampleRateHz, ...samplesOf(audio.data)];
  } catch (error) {
    if (error instanceof AudioError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const convert = 'Convert it: ffmpeg -i a.wav -ac 1 -ar 16000 -c:a pcm_s16le a-16k.wav';
const readable = `Supported is 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, mono or stereo. ${convert}`;
const notWav = `not-wav: a.wav is not a WAV file. ${convert}`;
const noFormat = 'not-wav: a.wav is a damaged WAV file: its format (the chunk "fmt ") is missing or cut off.';
const noSound = 'not-wav: a.wav is a damaged WAV file: its audio (the chunk "data") is missing or cut off.';
const unsupported = (kind: string) => `unsupported: a.wav is ${kind}. ${readable}`;
const sound = [16_000, 1, -1, 300, -300];

const expected: Readonly<Record<string, unknown>> = {
  whole: sound,
  empty: 'not-wav: a.wav is not a WAV file: it is empty (0 bytes).',
  text: notWav,
  'nul-bytes': notWav,
  'riff-of-another-kind': notWav,
  'riff-size-lies': sound,
  'riff-size-zero': sound,
  'data-size-lies': sound,
  'data-size-zero': 'empty: a.wav contains no audio.',
  'data-chunk-odd': sound,
  'data-one-byte': 'empty: a.wav contains no audio.',
  'data-missing': noSound,
  'data-twice': sound,
  'data-before-format': sound,
  'format-missing': noFormat,
  'format-twice': sound,
  'format-short': noFormat,
  'format-size-lies': noSound,
  'channels-zero': unsupported('16-bit PCM, 0 channels, 16000 Hz'),
  'channels-65535': unsupported('16-bit PCM, 65535 channels, 16000 Hz'),
  'rate-zero': unsupported('16-bit PCM, 1 channel, 0 Hz'),
  'rate-huge': unsupported('16-bit PCM, 1 channel, 4294967295 Hz'),
  'bits-zero': unsupported('0-bit PCM, 1 channel, 16000 Hz'),
  'extensible-without-subformat': unsupported('16-bit encoding 65534, 1 channel, 16000 Hz'),
  'extensible-float': unsupported('16-bit float, 1 channel, 16000 Hz'),
  'stereo-half-frame': [16_000, 15],
  'loops-4000000000': sound,
  'cue-points-4000000000': sound,
  'list-size-lies': sound,
  'chunk-size-wraps': noSound,
  rifx: unsupported('a WAV file of the kind RIFX'),
  rf64: unsupported('a WAV file of the kind RF64'),
  'header-only': noFormat,
};

describe('a malformed WAV', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, is) => {
    expect(outcome(cases[name]!)).toStrictEqual(is);
  });

  it('is read, or refused with a code and a message, wherever it is cut', () => {
    const { whole } = cases;
    const kinds = Array.from(whole!, (_, length) => outcome(whole!.subarray(0, length)));
    const counted = (is: unknown) => kinds.filter((kind) => kind === is).length;
    // 12 bytes say that it is a WAV, 24 the format, 8 that the sound comes, 2 each a sample.
    expect([counted(notWav), counted(noFormat), counted(noSound)]).toStrictEqual([11, 24, 8]);
    expect(kinds.slice(44)).toStrictEqual([
      'empty: a.wav contains no audio.',
      'empty: a.wav contains no audio.',
      [16_000, 1],
      [16_000, 1],
      [16_000, 1, -1],
      [16_000, 1, -1],
      [16_000, 1, -1, 300],
      [16_000, 1, -1, 300],
    ]);
  });

  it('is read, or refused with a code and a message, however it is damaged', () => {
    const files = fc.oneof(damaged(Object.values(cases)), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(files, (bytes) => {
        const read = outcome(bytes);
        if (typeof read === 'string') expect(read).toMatch(/^(not-wav|unsupported|empty): a\.wav .*\S$/u);
        else expect(read.length - 1).toBeLessThanOrEqual(bytes.length / 2);
      }),
      trying(3000),
    );
  });

  it.each(['text', 'format-short', 'channels-zero', 'rifx', 'nul-bytes'])(
    'of which one is %s ends the command with one line',
    async (name) => {
      const { code, stdout, stderr } = await sluice('run', path(name));
      expect([code, stdout]).toStrictEqual([1, '']);
      expect(stderr).toMatch(/^sluice: \S+\.wav (is|begins) [^\n]+\n$/u);
    },
  );
});
