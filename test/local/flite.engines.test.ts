import { monitorEventLoopDelay } from 'node:perf_hooks';
import { firstValueFrom, lastValueFrom, timer, toArray, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toSamples } from '../../src/audio/pcm.ts';
import type { VoiceSettings } from '../../src/emulator/backend.ts';
import { local } from '../../src/local/index.ts';
import { ends, outputOf, paced, pieces, recording, wrongWords } from './fixtureCalls.ts';

const voice: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };

function all(sound: Observable<Uint8Array>): Promise<Uint8Array[]> {
  return lastValueFrom(sound.pipe(toArray()));
}

describe('the local voice', () => {
  const backend = local();

  beforeAll(() => backend.warm());

  afterAll(() => backend.close());

  it('speaks replies so that the recogniser understands them', { timeout: 60_000 }, async () => {
    const replies = ['Going forward ten meters.', 'Seventeen plus four is 21.', 'You said: the train leaves at noon.'];
    const spoken = await Promise.all(replies.map((reply) => all(backend.speak(reply, { ...voice, sample_rate: 24_000 }))));
    const heard = await Promise.all(
      spoken.map((frames) =>
        outputOf(backend, [...frames, ...pieces(new Int16Array(24_000 * 2))], { sample_rate: 24_000, eot_threshold: 0.9 }),
      ),
    );
    const results = heard.map((output, index) => {
      const transcript = ends(output)
        .map((end) => end.transcript)
        .join(' ');
      return wrongWords(transcript, replies[index] ?? '');
    });
    const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
    expect(wrong / results.reduce((sum, result) => sum + result.of, 0)).toBeLessThanOrEqual(0.2);
  });

  it('speaks some 65 ms a character, in frames of 20 ms', async () => {
    const text = 'Going somewhere and doing something. Tell me when to stop.';
    const frames = await all(backend.speak(text, voice));
    const ms = frames.reduce((sum, frame) => sum + frame.length, 0) / 32;
    expect(ms / text.length).toBeGreaterThan(40);
    expect(ms / text.length).toBeLessThan(90);
    expect(Math.max(...frames.map((frame) => frame.length))).toBe(640);
  });

  it('makes sound faster than real time', async () => {
    const begun = performance.now();
    const frames = await all(
      backend.speak('Had he married a more amiable woman, he might have been made still more respectable.', voice),
    );
    expect(performance.now() - begun).toBeLessThan(frames.length * 20);
  });

  it.each([
    ['linear16', 8000, 2],
    ['linear16', 48_000, 2],
    ['mulaw', 8000, 1],
    ['alaw', 8000, 1],
  ] as const)('speaks %s at %d Hz for as long', async (encoding, sample_rate, size) => {
    const ms = async (settings: VoiceSettings, bytes: number) =>
      (await all(backend.speak('Hello there.', settings))).reduce((sum, frame) => sum + frame.length, 0) / bytes;
    const expected = await ms(voice, 32);
    expect(await ms({ ...voice, encoding, sample_rate }, (sample_rate / 1000) * size)).toBeCloseTo(expected, -1);
  });

  it('speaks faster when asked to', async () => {
    const [slow, fast] = await Promise.all([0.7, 1.5].map((speed) => all(backend.speak('Go forward.', { ...voice, speed }))));
    expect(slow?.length).toBeGreaterThan((fast?.length ?? 0) * 1.7);
  });

  it('has sound in it', async () => {
    const frames = await all(backend.speak('Hello there.', voice));
    const loudest = Math.max(...frames.flatMap((frame) => [...toSamples(frame)]));
    expect(loudest).toBeGreaterThan(3000);
    expect(loudest).toBeLessThan(32_767);
  });

  it.each(['', ' ', '…', '👍'])('speaks nothing for "%s"', async (text) => {
    expect((await all(backend.speak(text, voice))).flatMap((frame) => [...frame]).filter((byte) => byte !== 0)).toEqual([]);
  });

  it('falls silent when it is unsubscribed from, and speaks again after', async () => {
    let frames = 0;
    await new Promise<void>((resolve) => {
      const subscription = backend.speak('One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten.', voice).subscribe(() => {
        frames += 1;
        if (frames === 3) {
          subscription.unsubscribe();
          resolve();
        }
      });
    });
    const next = await all(backend.speak('Go.', voice));
    expect(next.length).toBeGreaterThan(10);
    expect(frames).toBe(3);
  });

  it('speaks several texts at once without mixing them', async () => {
    const texts = ['Hello there.', 'Going forward ten meters.', 'Goodbye.'];
    const alone: number[] = [];
    for (const text of texts) alone.push((await all(backend.speak(text, voice))).length);
    const together = await Promise.all(texts.map((text) => all(backend.speak(text, voice))));
    expect(together.map((frames) => frames.length)).toEqual(alone);
  });

  it('leaves the event loop to others while it listens and speaks', { timeout: 60_000, retry: 2 }, async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const call = outputOf(backend, paced(pieces(recording('pocketsphinx_goforward', 1500)), 1), { eager_eot_threshold: 0.4 });
    await firstValueFrom(timer(200));
    delay.enable();
    await Promise.all([call, all(backend.speak('Had he married a more amiable woman, he might have been respectable.', voice))]);
    delay.disable();
    expect(delay.percentile(99) / 1e6).toBeLessThanOrEqual(30);
  });
});
