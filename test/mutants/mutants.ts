import { concatMap, defer, distinct, EMPTY, filter, identity, map, mergeMap, NEVER, of, scan } from 'rxjs';
import { bargeIn } from '../../operators/turns/bargeIn.ts';
import type { TurnEvent } from '../../operators/events.ts';
import { isTurnEvent } from '../../operators/turns/orderly.ts';
import { replyMap } from '../../operators/turns/replyMap.ts';
import type { TurnOperators } from '../../src/agent/options.ts';
import type { RuleName } from '../../src/testing/index.ts';

/** A turn operator that is broken on purpose, and the rule that finds it. */
export interface Mutant {
  readonly about: string;
  readonly rule: RuleName;
  readonly operators: Partial<TurnOperators>;
}

export const mutants: readonly Mutant[] = [
  {
    about: 'a replyMap that does not receive TurnResumed',
    rule: 'resumed',
    operators: {
      replyMap: (reply, config) => (events) =>
        events.pipe(
          filter(({ type }) => type !== 'TurnResumed'),
          replyMap(reply, config),
        ),
    },
  },
  {
    about: 'a replyMap that keeps a draft even if the turn ends with other words',
    rule: 'words',
    operators: {
      replyMap: (reply, config) => (events) =>
        defer(() => {
          let drafted: TurnEvent | undefined;
          return events.pipe(
            map((event) => {
              if (event.type === 'EagerEndOfTurn') drafted = event;
              const same = event.type === 'EndOfTurn' && event.turn === drafted?.turn;
              return same ? { ...event, transcript: drafted?.transcript ?? '' } : event;
            }),
            replyMap(reply, config),
          );
        }),
    },
  },
  {
    about: 'a replyMap that drops every draft at the end of its turn',
    rule: 'wasted',
    operators: {
      replyMap: (reply, config) => (events) =>
        events.pipe(
          concatMap((event) => (event.type === 'EndOfTurn' ? [{ ...event, type: 'TurnResumed' as const }, event] : [event])),
          replyMap(reply, config),
        ),
    },
  },
  {
    about: 'a replyMap that settles drafts at once',
    rule: 'unsettled',
    operators: {
      replyMap: (reply, config) => replyMap((turn, on) => reply(turn, { ...on, settled: of(turn) }), config),
    },
  },
  {
    about: 'a replyMap that passes no cues to replies',
    rule: 'unended',
    operators: { replyMap: (reply, config) => replyMap((turn, on) => reply(turn, { ...on, cues: NEVER }), config) },
  },
  {
    about: 'a replyMap that lets the old reply run beside the new one',
    rule: 'two',
    operators: {
      replyMap: (reply) => (events) =>
        events.pipe(
          filter((event): event is TurnEvent => event.type === 'EndOfTurn'),
          mergeMap((turn) => reply(turn, { settled: of(turn), dropped: NEVER, cues: NEVER })),
        ),
    },
  },
  {
    about: 'a replyMap that answers a turn once, though its draft failed',
    rule: 'unanswered',
    operators: {
      replyMap: (reply, config) => (events) => {
        const asked = new Set<string>();
        return events.pipe(
          replyMap((turn, on) => {
            if (asked.has(turn.turn)) return EMPTY;
            asked.add(turn.turn);
            return reply(turn, on);
          }, config),
        );
      },
    },
  },
  {
    about: 'a bargeIn that adds the words of one turn to those of the next',
    rule: 'cut',
    operators: {
      bargeIn: (config) => (events) =>
        events.pipe(
          scan((before, event) => {
            if (!isTurnEvent(event)) return event;
            const words = isTurnEvent(before) && before.turn !== event.turn ? before.words : [];
            return { ...event, words: [...words, ...event.words] };
          }),
          bargeIn(config),
        ),
    },
  },
  {
    about: 'a bargeIn that never cuts',
    rule: 'uncut',
    operators: { bargeIn: (config) => bargeIn({ ...config, policy: () => false }) },
  },
  {
    about: 'a bargeIn that ignores protection',
    rule: 'cut',
    operators: {
      bargeIn: (config) => (events) =>
        events.pipe(
          map((event) => (event.type === 'Say' ? { ...event, protect: false } : event)),
          bargeIn(config),
        ),
    },
  },
  {
    about: 'a bargeIn that forgets the turn whose reply it cancelled',
    rule: 'unanswered',
    operators: {
      bargeIn: (config) => (events) =>
        events.pipe(
          bargeIn(config),
          distinct((event) => (event.type === 'EndOfTurn' ? event.turn : event)),
        ),
    },
  },
  {
    about: 'a bargeIn that does not know that the call is closing',
    rule: 'resumed-closing',
    operators: { bargeIn: (config) => bargeIn({ ...config, closing: () => false }) },
  },
  {
    about: 'an orderly that corrects nothing',
    rule: 'order',
    operators: { orderly: () => identity },
  },
];
