import { describe, expect, it } from 'vitest';
import { TurnTranscriber } from '../../src/local/turnTranscriber.ts';

const frame = new Float32Array(512).fill(0.1);

/** Runs a transcriber over stretches of voice and silence (ms); what it read and when, and the length of what it decoded (ms). */
function read(pattern: readonly (readonly ['voice' | 'silence', number])[], texts: (at: number, call: number) => string) {
  const decoded: number[] = [];
  let at = 0;
  let silenceMs = 0;
  const transcriber = new TurnTranscriber((samples) => {
    decoded.push(Math.round(samples.length / 16));
    return texts(at, decoded.length);
  });
  const output: [number, string][] = [];
  for (const [kind, ms] of pattern) {
    const end = at + ms;
    while (at + 32 <= end) {
      at += 32;
      // The end of voice is noticed 224 ms late.
      silenceMs = kind === 'voice' ? 0 : silenceMs === 0 ? 224 : silenceMs + 32;
      const words = transcriber.accept(frame, at, silenceMs);
      if (words) output.push([at, words.map(({ word }) => word).join(' ')]);
    }
  }
  return { output, decoded, transcriber };
}

describe('TurnTranscriber', () => {
  it('trusts no transcript until the next begins with the same word', () => {
    const texts = ["Don't forget to subscribe.", 'Go for.', 'Go forward.'];
    const { output } = read([['voice', 1120]], (_, call) => texts[call - 1] ?? 'Go forward.');
    expect(output[0]?.[1]).toBe('Go forward.');
  });

  it('decodes nothing shorter than 0.7 s with its pre-roll, and 0.25 s of silence behind', () => {
    const { decoded } = read(
      [
        ['silence', 2016],
        ['voice', 640],
      ],
      () => 'Go',
    );
    expect(decoded[0]).toBeGreaterThanOrEqual(950);
    expect(decoded[0]).toBeLessThan(1000);
  });

  it('cuts the silence before the voice', () => {
    const { decoded } = read(
      [
        ['silence', 30_016],
        ['voice', 512],
        ['silence', 96],
      ],
      () => 'Go',
    );
    // 320 ms before it was noticed, 512 of voice, one frame of silence, 250 behind
    expect(decoded.at(-1)).toBeLessThanOrEqual(320 + 512 + 32 + 250);
  });

  it('trusts a short word once its voice has ended', () => {
    const { output } = read(
      [
        ['silence', 640],
        ['voice', 256],
        ['silence', 320],
      ],
      () => 'Yes.',
    );
    expect(output).toEqual([[928, 'Yes.']]);
  });

  it('tries again without padding when the transcript is empty', () => {
    const { output, decoded } = read(
      [
        ['silence', 640],
        ['voice', 256],
        ['silence', 64],
      ],
      (_, call) => (call === 1 ? '' : 'Yes.'),
    );
    expect(output).toEqual([[928, 'Yes.']]);
    expect((decoded[0] ?? 0) - (decoded[1] ?? 0)).toBe(250);
  });

  it('does not transcribe again during silence', () => {
    const { decoded } = read(
      [
        ['silence', 640],
        ['voice', 256],
        ['silence', 5024],
      ],
      () => 'Yes.',
    );
    expect(decoded).toHaveLength(1);
  });

  it('transcribes seldom when the turn is long', () => {
    const { decoded } = read([['voice', 9024]], (at) => `Go ${at}`);
    expect(decoded.length).toBeLessThan(20);
  });

  it('transcribes soon after voice has come back', () => {
    const { output } = read(
      [
        ['voice', 1600],
        ['silence', 384],
        ['voice', 640],
      ],
      (at) => (at < 2000 ? 'Go.' : 'Go on.'),
    );
    const [resumed] = output.find(([, text]) => text === 'Go on.') ?? [Infinity];
    expect(resumed).toBeLessThan(1984 + 32 + 256);
  });

  it('freezes words older than 10 s at a pause, and goes on behind it', () => {
    const { output, decoded } = read(
      [
        ['voice', 11_008],
        ['silence', 512],
        ['voice', 2016],
        ['silence', 64],
      ],
      (at) => (at < 11_300 ? 'first part,' : 'second part.'),
    );
    expect(output.at(-1)?.[1]).toBe('first part, second part.');
    expect(decoded.at(-1)).toBeLessThan(3000);
  });

  it('cuts a turn without any pause at 27 s', () => {
    const { decoded, output } = read([['voice', 60_000]], () => 'on');
    expect(Math.max(...decoded)).toBeLessThan(27_400);
    expect(output.at(-1)?.[1]).toBe('on on on');
  });

  it('shortens a long pause inside a turn', () => {
    const { decoded } = read(
      [
        ['voice', 992],
        ['silence', 10_016],
        ['voice', 992],
        ['silence', 32],
      ],
      () => 'Go.',
    );
    expect(decoded.at(-1)).toBeLessThan(992 + 640 + 992 + 320 + 250);
  });

  it('drops a noise without words', () => {
    const { decoded } = read(
      [
        ['voice', 256],
        ['silence', 1024],
        ['voice', 256],
        ['silence', 32],
      ],
      () => '',
    );
    expect(decoded.at(-1)).toBeLessThan(320 + 256 + 32 + 250);
  });

  it('places words on the audio clock', () => {
    const { transcriber } = read(
      [
        ['silence', 992],
        ['voice', 992],
      ],
      () => 'Go on.',
    );
    const words = transcriber.flush(1984);
    expect(words?.[0]?.start).toBe(0.896); // noticed at 1.024, 128 ms late
    expect(words?.at(-1)?.end).toBe(1.984);
  });

  it('ends the last word where the voice ended, even if it was transcribed later', () => {
    const placed: number[] = [];
    const transcriber = new TurnTranscriber(() => 'Go on.');
    for (let at = 32; at <= 2016; at += 32) {
      const silenceMs = at <= 1984 ? 0 : 224;
      const words = transcriber.accept(frame, at, silenceMs);
      if (words) placed.push(words.at(-1)?.end ?? NaN);
    }
    expect(placed.at(-1)).toBe((2016 - 224) / 1000);
  });

  it('does not transcribe again if it has since the voice ended', () => {
    const { decoded, output } = read(
      [
        ['silence', 2016],
        ['voice', 416],
        ['silence', 64],
      ],
      () => 'Go on.',
    );
    // Noticed at 2048, looked at from 2432 on (0.7 s of sound); at 2464 the voice had ended at 2240.
    expect(decoded).toHaveLength(1);
    expect(output).toEqual([[2464, 'Go on.']]);
  });
});
