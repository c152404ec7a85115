import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Message, Speak, Thought } from '../../../operators/events.ts';
import { withFallback } from '../../../operators/core/withFallback.ts';
import { aura } from '../../../src/tts/aura.ts';
import { openai } from '../../../src/llm/openai.ts';
import type { Stages } from '../../../src/agent/options.ts';

declare const speak: Speak;

describe('withFallback', () => {
  it('combines two models into a model', () => {
    expectTypeOf(withFallback(openai(), openai())).toEqualTypeOf<(messages: readonly Message[]) => Observable<Thought>>();
    expectTypeOf(withFallback(openai(), openai())).toExtend<Stages['think']>();
  });

  it('combines two voices into a voice, which is a resource if one of them is', () => {
    expectTypeOf(withFallback(aura(), aura())).toEqualTypeOf<Observable<Speak>>();
    expectTypeOf(withFallback(aura(), speak)).toEqualTypeOf<Observable<Speak>>();
    expectTypeOf(withFallback(speak, aura())).toEqualTypeOf<Observable<Speak>>();
    expectTypeOf(withFallback(speak, speak)).toEqualTypeOf<Speak>();
    expectTypeOf(withFallback(aura(), aura())).toExtend<Stages['speak']>();
  });

  it('does not combine a model with a voice', () => {
    // @ts-expect-error: one is a model, the other a voice
    withFallback(openai(), aura());
  });
});
