import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Speech } from '../../../operators/events.ts';
import { heard } from '../../../operators/speech/heard.ts';
import { Hearing } from '../../../operators/speech/hearing.ts';

declare const speech: Observable<Speech>;

describe('heard', () => {
  it('is positions to words', () => {
    expectTypeOf(heard(speech)).toEqualTypeOf<OperatorFunction<number, string>>();
    expectTypeOf<Hearing['at']>().toEqualTypeOf<(heardMs: number) => string>();
    expectTypeOf<Hearing['add']>().toEqualTypeOf<(speech: Speech) => void>();
    // @ts-expect-error what is learned is not for others to set
    new Hearing(60).msPerCharacter = 70;
  });
});
