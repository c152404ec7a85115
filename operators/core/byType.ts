import { filter, map, type OperatorFunction } from 'rxjs';

interface Typed {
  readonly type: string;
}

/** The members of the union `Event` whose `type` may be `Type`. */
type EventOf<Event extends Typed, Type> = Event extends Typed ? (Type extends Event['type'] ? Event : never) : never;

/** A function for each event type that matters. */
export type ByType<Event extends Typed, R> = {
  readonly [Type in Event['type']]?: (event: EventOf<Event, Type>) => R | undefined;
};

/**
 * Projects each event with the function named after its type. Events without a function, and results that are `undefined`, are
 * dropped.
 *
 *     source    -s-u-e-r-|      s: StartOfTurn, r: TurnResumed …
 *     result    -------x-|      byType({ TurnResumed: () => 'x' })
 */
export function byType<Event extends Typed, R>(functions: ByType<Event, R>): OperatorFunction<Event, R> {
  const project = functions as Readonly<Record<string, ((event: Event) => R | undefined) | undefined>>;
  return (source) =>
    source.pipe(
      map((event) => project[event.type]?.(event)),
      filter((result) => result !== undefined),
    );
}
