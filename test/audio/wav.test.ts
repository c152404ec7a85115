import { TestScheduler } from 'rxjs/testing';
import { toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { chunks, readWav } from '../../src/audio/wav.ts';
import { AudioError } from '../../src/errors.ts';

const ascii = (text: string) => [...Buffer.from(text, 'ascii')];
const u16 = (value: number) => [value & 0xff, value >> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const chunk = (id: string, body: readonly number[], size = body.length) => [...ascii(id), ...u32(size), ...body];
const fmt = (encoding: number, channels: number, rate: number, bits: number) =>
  chunk('fmt ', [
    ...u16(encoding),
    ...u16(channels),
    ...u32(rate),
    ...u32((rate * channels * bits) / 8),
    ...u16((channels * bits) / 8),
    ...u16(bits),
  ]);
/** A WAV written by hand, so that nothing here shares the reader's idea of one. */
const wav = (...parts: readonly (readonly number[])[]) => {
  const body = parts.flat();
  return Uint8Array.from([...ascii('RIFF'), ...u32(4 + body.length), ...ascii('WAVE'), ...body]);
};
const samples = (data: Uint8Array) => [...new Int16Array(data.slice().buffer)];
const refused = (bytes: Uint8Array, name = 'a.wav') => {
  try {
    readWav(bytes, name);
  } catch (error) {
    if (error instanceof AudioError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was read');
};

describe('readWav', () => {
  it.each([8000, 16_000, 24_000, 44_100, 48_000])('reads 16-bit PCM at %i Hz', (rate) => {
    const file = readWav(wav(fmt(1, 1, rate, 16), chunk('data', [1, 0, 255, 255, 0, 128])), 'a.wav');
    expect(file.audio).toMatchObject({ encoding: 'linear16', sampleRateHz: rate, channels: 1 });
    expect(samples(file.audio.data)).toStrictEqual([1, -1, -32768]);
  });

  it('has a duration', () => {
    expect(readWav(wav(fmt(1, 1, 8000, 16), chunk('data', new Array<number>(1600).fill(0))), 'a.wav').durationMs).toBe(100);
  });

  it('mixes two channels to one', () => {
    const stereo = [...u16(100), ...u16(300), ...u16(32767), ...u16(32767), ...u16(0x8000), ...u16(0x8000)];
    expect(samples(readWav(wav(fmt(1, 2, 16_000, 16), chunk('data', stereo)), 'a.wav').audio.data)).toStrictEqual([
      200, 32767, -32768,
    ]);
  });

  it('finds the audio between other chunks, also of odd size', () => {
    const list = chunk('LIST', [...ascii('INFO'), ...chunk('ISFT', ascii('Lavf'))]);
    const odd = [...chunk('bext', [1, 2, 3]), 0];
    const file = readWav(wav(odd, fmt(1, 1, 16_000, 16), list, odd, chunk('data', [7, 0, 8, 0]), list), 'a.wav');
    expect(samples(file.audio.data)).toStrictEqual([7, 8]);
  });

  it('reads PCM with an extensible header', () => {
    const guid = [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
    const plain = fmt(0xfffe, 1, 16_000, 16).slice(8);
    const header = chunk('fmt ', [...plain, ...u16(22), ...u16(16), ...u32(4), ...guid]);
    expect(samples(readWav(wav(header, chunk('data', [7, 0])), 'a.wav').audio.data)).toStrictEqual([7]);
  });

  it('uses the existing audio when the header announces more', () => {
    expect(
      samples(readWav(wav(fmt(1, 1, 16_000, 16), chunk('data', [7, 0, 8, 0], 0xffffffff)), 'a.wav').audio.data),
    ).toStrictEqual([7, 8]);
    expect(samples(readWav(wav(fmt(1, 1, 16_000, 16), chunk('data', [7, 0, 8, 0], 1000)), 'a.wav').audio.data)).toStrictEqual([
      7, 8,
    ]);
  });

  it('drops half a sample, and half a frame', () => {
    expect(samples(readWav(wav(fmt(1, 1, 16_000, 16), chunk('data', [7, 0, 8])), 'a.wav').audio.data)).toStrictEqual([7]);
    expect(samples(readWav(wav(fmt(1, 2, 16_000, 16), chunk('data', [7, 0, 9, 0, 8, 0])), 'a.wav').audio.data)).toStrictEqual([
      8,
    ]);
  });

  it('offers no conversion of an empty file', () => {
    expect(refused(new Uint8Array())).toStrictEqual({
      code: 'not-wav',
      message: 'a.wav is not a WAV file: it is empty (0 bytes).',
    });
  });

  it.each([
    ['text', Uint8Array.from(ascii('RIFF is what this text begins with, and that is all.'))],
    ['another RIFF', Uint8Array.from([...ascii('RIFF'), ...u32(4), ...ascii('AVI ')])],
  ])('refuses %s as not a WAV', (_, bytes) => {
    expect(refused(bytes)).toStrictEqual({
      code: 'not-wav',
      message: 'a.wav is not a WAV file. Convert it: ffmpeg -i a.wav -ac 1 -ar 16000 -c:a pcm_s16le a-16k.wav',
    });
  });

  it.each([
    ['sound', wav(fmt(1, 1, 16_000, 16)), 'its audio (the chunk "data")'],
    ['format', wav(chunk('fmt ', [1, 0], 16)), 'its format (the chunk "fmt ")'],
  ])('reports that the %s of a WAV is cut off', (_, bytes, what) => {
    const message = `a.wav is a damaged WAV file: ${what} is missing or cut off.`;
    expect(refused(bytes)).toStrictEqual({ code: 'not-wav', message });
  });

  it.each([
    [fmt(3, 1, 16_000, 32), '32-bit float, 1 channel, 16000 Hz'],
    [fmt(7, 1, 8000, 8), '8-bit mu-law, 1 channel, 8000 Hz'],
    [fmt(1, 1, 16_000, 24), '24-bit PCM, 1 channel, 16000 Hz'],
    [fmt(1, 6, 48_000, 16), '16-bit PCM, 6 channels, 48000 Hz'],
    [fmt(1, 1, 22_050, 16), '16-bit PCM, 1 channel, 22050 Hz'],
    [fmt(255, 1, 16_000, 16), '16-bit encoding 255, 1 channel, 16000 Hz'],
  ])('refuses unsupported files and names the command that converts them (%#)', (format, kind) => {
    const { code, message } = refused(wav(format, chunk('data', [0, 0, 0, 0])), 'my call.wav');
    expect(code).toBe('unsupported');
    expect(message).toBe(
      `my call.wav is ${kind}. Supported is 16-bit PCM at 8, 16, 24, 44.1 or 48 kHz, mono or stereo. ` +
        'Convert it: ffmpeg -i "my call.wav" -ac 1 -ar 16000 -c:a pcm_s16le "my call-16k.wav"',
    );
  });

  it('refuses a file without a sample', () => {
    expect(refused(wav(fmt(1, 1, 16_000, 16), chunk('data', [])))).toStrictEqual({
      code: 'empty',
      message: 'a.wav contains no audio.',
    });
  });

  it('reads files of another library', () => {
    const file = new wavefile.WaveFile();
    file.fromScratch(1, 24_000, '16', [1, 2, 3]);
    expect(samples(readWav(file.toBuffer(), 'a.wav').audio.data)).toStrictEqual([1, 2, 3]);
  });
});

describe('chunks', () => {
  it('cuts the audio into views, the rest last', () => {
    const { audio, ...file } = readWav(wav(fmt(1, 1, 8000, 16), chunk('data', new Array<number>(2 * 1500).fill(1))), 'a.wav');
    new TestScheduler((actual, expected) => expect(actual).toStrictEqual(expected)).run(({ expectObservable }) => {
      expectObservable(chunks({ audio, ...file }, 80).pipe(toArray())).toBe('(a|)', {
        a: [
          { ...audio, data: audio.data.subarray(0, 1280) },
          { ...audio, data: audio.data.subarray(1280, 2560) },
          { ...audio, data: audio.data.subarray(2560) },
        ],
      });
    });
  });

  it('starts again for each subscriber', () => {
    const file = readWav(wav(fmt(1, 1, 8000, 16), chunk('data', new Array<number>(200).fill(1))), 'a.wav');
    const cut = chunks(file, 80);
    const heard: number[] = [];
    cut.subscribe(({ data }) => heard.push(data.length));
    cut.subscribe(({ data }) => heard.push(data.length));
    expect(heard).toStrictEqual([200, 200]);
  });
});
