import { NEVER, of, type Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { AudioChunk, ListenEvent, TurnEvent } from '../../../operators/events.ts';
import { replyMap } from '../../../operators/turns/replyMap.ts';
import { speculateWithin } from '../../../operators/turns/speculateWithin.ts';
import type { Stages } from '../../../src/agent/options.ts';
import { agent } from '../../../src/agent/agent.ts';

declare const turns: Observable<ListenEvent>;
declare const audio: Observable<AudioChunk>;
declare const stages: Stages;

describe('speculateWithin', () => {
  it('can replace replyMap', () => {
    expectTypeOf(speculateWithin({ draftsPerMinute: 2 })).toEqualTypeOf<typeof replyMap>();
    audio.pipe(agent(stages, {}, NEVER, { replyMap: speculateWithin({ tokensPerMinute: 100 }) }));
  });

  it('infers the type that replies emit, and passes whether a draft may speak', () => {
    const replies = turns.pipe(
      speculateWithin({})((turn, { unspoken }) => {
        expectTypeOf(turn).toEqualTypeOf<TurnEvent>();
        expectTypeOf(unspoken).toEqualTypeOf<true | undefined>();
        return of('said');
      }),
    );

    expectTypeOf(replies).toEqualTypeOf<Observable<string>>();
  });

  it('does not accept a budget of anything else', () => {
    // @ts-expect-error -- words are not counted
    speculateWithin({ wordsPerMinute: 2 });
  });
});
