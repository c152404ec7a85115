import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AgentEvent, CallEvent, Message } from '../../../operators/events.ts';
import { history, remember } from '../../../operators/call/history.ts';

declare const events: Observable<AgentEvent>;

describe('history', () => {
  it('is what happens to the conversation so far', () => {
    expectTypeOf(history()).toEqualTypeOf<OperatorFunction<CallEvent, readonly Message[]>>();
    expectTypeOf(events.pipe(history([{ role: 'system', content: 'Be brief.' }]))).toEqualTypeOf<
      Observable<readonly Message[]>
    >();
    expectTypeOf(remember).toEqualTypeOf<(messages: readonly Message[], happening: CallEvent) => readonly Message[]>();
    // @ts-expect-error a message has a role
    history([{ content: 'Be brief.' }]);
  });
});
