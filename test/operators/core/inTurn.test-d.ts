import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AgentEvent } from '../../../operators/events.ts';
import { inTurn } from '../../../operators/core/inTurn.ts';

declare const events: Observable<AgentEvent>;

describe('inTurn', () => {
  it('keeps the type of its source', () => {
    expectTypeOf(events.pipe(inTurn())).toEqualTypeOf<Observable<AgentEvent>>();
  });
});
