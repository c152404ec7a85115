import fc from 'fast-check';
import { from, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AudioChunk } from '../../../operators/events.ts';
import { rechunk } from '../../../operators/audio/rechunk.ts';
import { marbles } from '../../withMarbles.ts';
import { lasting, milliseconds } from './audioChunks.ts';

const bytes = map(({ data }: AudioChunk) => [...data]);
const linear16 = (data: Uint8Array, sampleRateHz = 16000): AudioChunk => ({
  data,
  encoding: 'linear16',
  sampleRateHz,
  channels: 1,
});
const cut = (chunks: readonly AudioChunk[], duration: number, remainder: 'emit' | 'drop' = 'emit') => {
  const result: AudioChunk[] = [];
  from(chunks)
    .pipe(rechunk(duration, { remainder }))
    .subscribe((chunk) => result.push(chunk));
  return result;
};

describe('rechunk', () => {
  const audio = { A: milliseconds(1, 2, 3), B: milliseconds(4, 5, 6), C: milliseconds(7) };

  it(
    'cuts chunks of any size into chunks of one duration, and emits the rest at the end',
    marbles((m) => {
      const source = m.hot('-A---B-----C|   ', audio);
      const subs = '        ^-----------!   ';
      const expected = '    -a---(bc)---(d|)';

      m.expect(source.pipe(rechunk(2), bytes)).toBeObservable(expected, { a: [1, 2], b: [3, 4], c: [5, 6], d: [7] });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'drops the rest with remainder drop',
    marbles((m) => {
      const source = m.hot('-A---B---C|', audio);
      const expected = '    -a---(bc)-|';
      const values = { a: [1, 2], b: [3, 4], c: [5, 6] };

      m.expect(source.pipe(rechunk(2, { remainder: 'drop' }), bytes)).toBeObservable(expected, values);
    }),
  );

  it(
    'completes empty with an empty source',
    marbles((m) => {
      const source = m.cold('|');
      const expected = '     |';

      m.expect(source.pipe(rechunk(2))).toBeObservable(expected);
    }),
  );

  it(
    'emits nothing while the source is silent',
    marbles((m) => {
      const source = m.cold('-');
      const expected = '     -';

      m.expect(source.pipe(rechunk(2))).toBeObservable(expected);
    }),
  );

  it(
    'passes an error at once and drops the rest',
    marbles((m) => {
      const source = m.hot('-A-#', audio);
      const expected = '    -a-#';

      m.expect(source.pipe(rechunk(2), bytes)).toBeObservable(expected, { a: [1, 2] });
    }),
  );

  it(
    'unsubscribes from the source when its subscriber leaves',
    marbles((m) => {
      const source = m.hot('-A---B---C|', audio);
      const unsub = '       ---!       ';
      const subs = '        ^--!       ';
      const expected = '    -a--       ';

      m.expect(source.pipe(rechunk(2), bytes), unsub).toBeObservable(expected, { a: [1, 2] });
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'errors when the format changes, and unsubscribes from the source',
    marbles((m) => {
      const source = m.hot('-A-b-A|', { ...audio, b: { ...audio.B, sampleRateHz: 8000 } });
      const subs = '        ^--!   ';
      const expected = '    -a-#   ';
      const error = new Error('The audio changed from mulaw 1000 Hz to mulaw 8000 Hz; a stream must keep one format.');

      m.expect(source.pipe(rechunk(2), bytes)).toBeObservable(expected, { a: [1, 2] }, error);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'keeps no state between subscriptions',
    marbles((m) => {
      const source = m.cold('A|   ', audio).pipe(rechunk(2), bytes);
      const later = m.cold(' ---A|', audio).pipe(rechunk(2), bytes);
      const expected = '     a(b|)';
      const afterwards = '   ---a(b|)';

      m.expect(source).toBeObservable(expected, { a: [1, 2], b: [3] });
      m.expect(source).toBeObservable(expected, { a: [1, 2], b: [3] });
      m.expect(later).toBeObservable(afterwards, { a: [1, 2], b: [3] });
    }),
  );

  it('makes chunks of the size that Flux recommends, for each format', () => {
    const size = (sampleRateHz: number, encoding: AudioChunk['encoding'] = 'linear16') =>
      cut([{ data: new Uint8Array(50_000), encoding, sampleRateHz, channels: 1 }], 80)[0]?.data.length;

    // docs/wire/flux.md §2
    expect([8000, 16000, 24000, 44100, 48000].map((rate) => size(rate))).toEqual([1280, 2560, 3840, 7056, 7680]);
    expect([size(8000, 'mulaw'), size(8000, 'alaw'), size(16000, 'linear32')]).toEqual([640, 640, 5120]);
  });

  it('passes compressed audio unchanged', () => {
    const packet: AudioChunk = { data: new Uint8Array(7), encoding: 'ogg-opus', sampleRateHz: 48000, channels: 1 };

    expect(cut([packet, packet], 80)).toEqual([packet, packet]);
  });

  it('drops only a part of a sample at the very end', () => {
    const halves = [linear16(Uint8Array.of(1, 2, 3)), linear16(Uint8Array.of(4, 5))];

    expect(cut(halves, 80).map(({ data }) => [...data])).toEqual([[1, 2, 3, 4]]);
  });

  it('does not copy a chunk that lies within one source chunk', () => {
    const data = new Uint8Array(2560 * 2 + 100);
    const chunks = cut([linear16(data)], 80);

    expect(chunks.map((chunk) => chunk.data.buffer === data.buffer)).toEqual([true, true, false]);
  });

  it('keeps all bytes in order, for chunks of any size', () => {
    const sizes = fc.array(fc.nat({ max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), (lengths, duration) => {
        let value = 0;
        const chunks = lengths.map((length) =>
          linear16(
            Uint8Array.from({ length }, () => value++ % 251),
            1000,
          ),
        );
        const all = chunks.flatMap(({ data }) => [...data]);
        const result = cut(chunks, duration);

        expect(result.flatMap(({ data }) => [...data])).toEqual(all.slice(0, all.length - (all.length % 2)));
        expect(result.slice(0, -1).every(({ data }) => data.length === duration * 2)).toBe(true);
        expect((result.at(-1)?.data.length ?? 2) > 0).toBe(true);
      }),
    );
  });

  it('emits no empty chunk', () => {
    let chunks: AudioChunk[] = [];
    from([lasting(0), lasting(4), lasting(0)])
      .pipe(rechunk(2), toArray())
      .subscribe((all) => (chunks = all));

    expect(chunks.map(({ data }) => data.length)).toEqual([2, 2]);
  });
});
