import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AgentEvent, DropReason, CallEvent } from '../../../operators/events.ts';
import { ledger, type Cost, type Ledger } from '../../../operators/call/ledger.ts';
import type { Timed } from '../../../operators/call/latency.ts';

declare const events: Observable<AgentEvent>;
declare const happenings: Observable<CallEvent>;

describe('ledger', () => {
  it('takes events with their time', () => {
    expectTypeOf(ledger()).toEqualTypeOf<OperatorFunction<Timed, Ledger>>();
    expectTypeOf(events.pipe(ledger())).toEqualTypeOf<Observable<Ledger>>();
    // @ts-expect-error without `at` nothing can be won
    happenings.pipe(ledger());
  });

  it('has a post for each reason', () => {
    expectTypeOf<Ledger['dropped']>().toEqualTypeOf<Readonly<Record<DropReason, Cost>>>();
  });
});
