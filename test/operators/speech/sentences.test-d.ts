import { of, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Sentence, Thought, Token } from '../../../operators/events.ts';
import { sentences } from '../../../operators/speech/sentences.ts';

declare const tokens: Observable<Token>;

describe('sentences', () => {
  it('are made of thoughts', () => {
    expectTypeOf(sentences()).toEqualTypeOf<OperatorFunction<Thought, Sentence>>();
    expectTypeOf(tokens.pipe(sentences({ firstAfter: 20, longest: 100 }))).toEqualTypeOf<Observable<Sentence>>();
    // @ts-expect-error text is a token's
    of('text').pipe(sentences());
  });
});
