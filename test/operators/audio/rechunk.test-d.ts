import { of, type MonoTypeOperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AudioChunk } from '../../../operators/events.ts';
import { rechunk } from '../../../operators/audio/rechunk.ts';

describe('rechunk', () => {
  it('is audio to audio', () => {
    expectTypeOf(rechunk(80)).toEqualTypeOf<MonoTypeOperatorFunction<AudioChunk>>();
    expectTypeOf(rechunk(80, { remainder: 'drop' })).toEqualTypeOf<MonoTypeOperatorFunction<AudioChunk>>();
    // @ts-expect-error bytes alone do not say how long they are
    of(new Uint8Array()).pipe(rechunk(80));
    // @ts-expect-error the remainder is emitted or dropped
    rechunk(80, { remainder: 'keep' });
  });
});
