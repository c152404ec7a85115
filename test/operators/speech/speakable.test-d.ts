import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Sentence, Thought } from '../../../operators/events.ts';
import { plainWords } from '../../../operators/speech/plainWords.ts';
import { sentences } from '../../../operators/speech/sentences.ts';
import { speakable } from '../../../operators/speech/speakable.ts';

declare const thoughts: Observable<Thought>;

describe('speakable', () => {
  it('is sentences to sentences', () => {
    expectTypeOf(speakable()).toEqualTypeOf<MonoTypeOperatorFunction<Sentence>>();
    expectTypeOf(thoughts.pipe(sentences(), speakable())).toEqualTypeOf<Observable<Sentence>>();
    expectTypeOf(plainWords).toEqualTypeOf<(text: string) => string>();
    // @ts-expect-error thoughts have no sentences yet
    thoughts.pipe(speakable());
  });
});
