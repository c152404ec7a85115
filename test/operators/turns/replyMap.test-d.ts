import { of, type Observable, type OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { bargeIn } from '../../../operators/turns/bargeIn.ts';
import { drafts } from '../../../operators/turns/drafts.ts';
import type {
  Cue,
  DropReason,
  CallEvent,
  Idle,
  ListenEvent,
  Say,
  Token,
  TurnEvent,
  TurnIgnored,
} from '../../../operators/events.ts';
import type { BargeInOutput, BargeInInput } from '../../../operators/turns/floor.ts';
import { idle } from '../../../operators/call/idle.ts';
import { firstWithin } from '../../../operators/core/firstWithin.ts';
import { noting } from '../../../operators/core/noting.ts';
import { orderly } from '../../../operators/turns/orderly.ts';
import { replyMap } from '../../../operators/turns/replyMap.ts';
import { agentDefaults } from '../../../src/agent/options.ts';

declare const turns: Observable<ListenEvent>;
declare const token: Observable<Token>;

describe('the turn operators', () => {
  it('compose', () => {
    const replies = turns.pipe(
      orderly(),
      bargeIn(),
      replyMap((turn, { settled, dropped, cues }) => {
        expectTypeOf(turn).toEqualTypeOf<TurnEvent>();
        expectTypeOf(settled).toEqualTypeOf<Observable<TurnEvent | Say>>();
        expectTypeOf(dropped).toEqualTypeOf<Observable<DropReason>>();
        expectTypeOf(cues).toEqualTypeOf<Observable<Cue>>();
        return token;
      }),
    );

    expectTypeOf(replies).toEqualTypeOf<Observable<Token>>();
  });

  it('accept the events of listen and nothing else', () => {
    expectTypeOf(orderly()).toEqualTypeOf<OperatorFunction<ListenEvent, ListenEvent | TurnIgnored>>();
    expectTypeOf(bargeIn()).toEqualTypeOf<OperatorFunction<BargeInInput, BargeInOutput>>();
    // @ts-expect-error a reply is an observable input
    replyMap(() => 5);
    // @ts-expect-error a floor is one of three words
    bargeIn({ floor: () => 'somebody' });
  });

  it('report silence', () => {
    expectTypeOf(idle(() => 5)).toEqualTypeOf<OperatorFunction<CallEvent, Idle>>();
    // @ts-expect-error the time is a function
    idle(5);
  });

  it('keep the type of their source', () => {
    expectTypeOf(turns.pipe(drafts(() => agentDefaults))).toEqualTypeOf<Observable<ListenEvent>>();
    // @ts-expect-error the counted value has a type
    of(5).pipe(drafts(() => agentDefaults));
    expectTypeOf(token.pipe(firstWithin(5, turns, () => new Error('late')))).toEqualTypeOf<Observable<Token>>();
    expectTypeOf(noting<Token>(() => token)).toEqualTypeOf<Observable<Token>>();
  });
});
