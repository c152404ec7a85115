import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AgentEvent, CallEvent } from '../../../operators/events.ts';
import { latency, withLatency, type Measured, type Timed } from '../../../operators/call/latency.ts';

declare const events: Observable<AgentEvent>;
declare const happenings: Observable<CallEvent>;

describe('latency', () => {
  it('takes events with their time', () => {
    expectTypeOf(latency()).toEqualTypeOf<OperatorFunction<Timed, Measured>>();
    expectTypeOf(events.pipe(latency())).toEqualTypeOf<Observable<Measured>>();
    // @ts-expect-error without `at` nothing can be measured
    happenings.pipe(latency());
  });
});

describe('withLatency', () => {
  it('gives the events back with their time', () => {
    expectTypeOf(events.pipe(withLatency())).toEqualTypeOf<Observable<Timed>>();
    // @ts-expect-error without `at` nothing can be measured
    happenings.pipe(withLatency());
  });
});
