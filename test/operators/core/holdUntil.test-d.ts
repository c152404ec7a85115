import { of, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { holdUntil } from '../../../operators/core/holdUntil.ts';

declare const source: Observable<'a' | 'b'>;

describe('holdUntil', () => {
  it('keeps the type of its source, and accepts any observable input', () => {
    expectTypeOf(source.pipe(holdUntil(of(1)))).toEqualTypeOf<Observable<'a' | 'b'>>();
    expectTypeOf(source.pipe(holdUntil(Promise.resolve(), { except: 1 }))).toEqualTypeOf<Observable<'a' | 'b'>>();
    expectTypeOf(holdUntil<number>([])).toEqualTypeOf<MonoTypeOperatorFunction<number>>();
  });

  it('needs a notifier', () => {
    // @ts-expect-error a notifier is an observable input
    holdUntil(5);
    // @ts-expect-error the exception is a number of values
    holdUntil(of(1), { except: 'first' });
  });
});
