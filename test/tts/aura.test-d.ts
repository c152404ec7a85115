import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Speak } from '../../operators/events.ts';
import { aura } from '../../src/tts/aura.ts';
import type { Wire } from '../../src/wire/wire.ts';

describe('aura', () => {
  it('is an observable of voices', () => {
    expectTypeOf(aura()).toEqualTypeOf<Observable<Speak>>();
  });

  it('takes options, and a wire', () => {
    expectTypeOf(aura).toBeCallableWith();
    expectTypeOf(aura).toBeCallableWith({
      apiKey: 'k',
      voice: 'aura-2-zeus-en',
      sampleRateHz: 24_000,
      speed: 1.1,
      mipOptOut: true,
    });
    expectTypeOf(aura).parameter(1).toEqualTypeOf<Wire | undefined>();
    // @ts-expect-error: a rate is a number
    aura({ sampleRateHz: '16000' });
  });
});
