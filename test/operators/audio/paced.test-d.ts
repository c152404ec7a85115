import { of, type MonoTypeOperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AudioChunk } from '../../../operators/events.ts';
import { paced } from '../../../operators/audio/paced.ts';

describe('paced', () => {
  it('is audio to audio', () => {
    expectTypeOf(paced()).toEqualTypeOf<MonoTypeOperatorFunction<AudioChunk>>();
    expectTypeOf(paced({ speed: 4 })).toEqualTypeOf<MonoTypeOperatorFunction<AudioChunk>>();
    // @ts-expect-error only audio has a duration
    of('text').pipe(paced());
  });
});
