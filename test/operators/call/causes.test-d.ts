import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { causes } from '../../../operators/call/causes.ts';
import type { AgentEvent, CallEvent } from '../../../operators/events.ts';

declare const happenings: Observable<CallEvent>;

describe('causes', () => {
  it('makes events of what happens, once it is timed', () => {
    expectTypeOf(causes()).toEqualTypeOf<OperatorFunction<CallEvent & { readonly at: number }, AgentEvent>>();
    // @ts-expect-error an event has its time
    happenings.pipe(causes());
  });
});
