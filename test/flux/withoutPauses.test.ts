import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AudioChunk } from '../../operators/events.ts';
import { withoutPauses } from '../../src/flux/withoutPauses.ts';
import { marbles } from '../withMarbles.ts';
import { audioOf } from './scriptedFlux.ts';

const spoken: AudioChunk = { ...audioOf(80), data: new Uint8Array(2560).fill(7) };
const values = { a: spoken, z: audioOf(80) };
const open = { o: true, c: false };

describe('withoutPauses', () => {
  it(
    'adds silence after 500 ms without audio while a turn is open',
    marbles((m) => {
      const audio = m.hot('  -a 700ms a 499ms a-|', values);
      const turn = m.hot('   o 2s c', open);
      const expected = '     -a 499ms z 79ms z 79ms z 40ms a 499ms a-|';

      m.expect(audio.pipe(withoutPauses(turn))).toBeObservable(expected, values);
    }),
  );

  it(
    'completes with its source, even if that emits all at once',
    marbles((m) => {
      const turn = m.hot('   o----', open);
      const expected = '     (aa|)';

      m.expect(of(spoken, spoken).pipe(withoutPauses(turn))).toBeObservable(expected, values);
    }),
  );

  it(
    'stops as soon as the turn ends',
    marbles((m) => {
      const audio = m.hot('  -a--------------', values);
      const turn = m.hot('   o 600ms c', open);
      const expected = '     -a 499ms z 79ms z';
      const leave = '        2s !';

      m.expect(audio.pipe(withoutPauses(turn)), leave).toBeObservable(expected, values);
    }),
  );

  it(
    'does not fill pauses between turns',
    marbles((m) => {
      const audio = m.hot('  -a 2s a|', values);
      const turn = m.hot('   c', open);
      const expected = '     -a 2s a|';

      m.expect(audio.pipe(withoutPauses(turn))).toBeObservable(expected, values);
    }),
  );

  it(
    'adds no silence before the first chunk',
    marbles((m) => {
      const audio = m.hot('  1s a|', values);
      const turn = m.hot('   o', open);
      const expected = '     1s a|';

      m.expect(audio.pipe(withoutPauses(turn))).toBeObservable(expected, values);
    }),
  );

  it(
    'completes and errors with the audio, and unsubscribes from both sources',
    marbles((m) => {
      const turn = m.hot('          o--------', open);
      const turnSubs = '            ^---!    ';
      const audio = m.hot('         -a-------', values);
      const audioSubs = '           ^---!    ';
      const leave = '               ----!    ';

      m.expect(audio.pipe(withoutPauses(turn)), leave).toBeObservable('-a--', values);
      m.expect(m.cold('-a#', values).pipe(withoutPauses(turn))).toBeObservable('-a#', values);
      m.expect(audio).toHaveSubscriptions(audioSubs);
      m.expect(turn).toHaveSubscriptions([turnSubs, '^-!']);
    }),
  );

  it.each([
    ['mulaw', 0xff, 640],
    ['alaw', 0xd5, 640],
  ] as const)('knows the silence of %s', (encoding, byte, length) => {
    const chunk: AudioChunk = { data: new Uint8Array(640).fill(1), encoding, sampleRateHz: 8000, channels: 1 };
    marbles((m) => {
      const silence = { ...chunk, data: new Uint8Array(length).fill(byte) };
      const audio = m.hot('  a', { a: chunk });
      const turn = m.hot('   o', open);

      m.expect(audio.pipe(withoutPauses(turn)), '500ms -!').toBeObservable('a 499ms z', { a: chunk, z: silence });
    })();
    expect(byte).toBeGreaterThan(0);
  });
});
