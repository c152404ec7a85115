import {
  catchError,
  concat,
  connect,
  defer,
  isObservable,
  map,
  Observable,
  of,
  ReplaySubject,
  startWith,
  switchMap,
  take,
  tap,
  throwError,
} from 'rxjs';
import type { Failure, Message, Speak, Thought } from '../events.ts';
import { toFailure } from './toFailure.ts';

type Think = (messages: readonly Message[]) => Observable<Thought>;
type Stage = Think | Speak | Observable<Speak>;

/**
 * A stage that falls back to a second one if the first fails before its first token (`think`) or before its first sound (`speak`).
 * It emits a recovered `Failure`.
 *
 *     agent({ think: withFallback(openai(a), openai(b)), speak: withFallback(aura(a), aura(b)), … })
 *
 *     first      ---#
 *     second        --t-t-t|
 *     result     ---f-t-t-t|        f: Failure
 *
 *     first      ---t-#
 *     result     ---t-#             the first had begun, so its error passes; so does an error of the second
 *
 * Every reply tries the first stage again. The second voice receives all sentences of the reply, including earlier ones. If the
 * voices are resources, the second is opened when it is needed for the first time and stays open until the call ends; after the
 * first has errored, only the second is used. Unsubscribing unsubscribes from the stage in use.
 *
 * Give the first stage a short timeout: `firstTokenMs` of `openai`, `answeredWithinMs` of `aura`.
 */
export function withFallback(first: Think, second: Think): Think;
export function withFallback(first: Speak, second: Speak): Speak;
export function withFallback(first: Speak | Observable<Speak>, second: Speak | Observable<Speak>): Observable<Speak>;
export function withFallback(first: Stage, second: Stage): Stage {
  if (isObservable(first) || isObservable(second)) return voices(voicesOf(first), voicesOf(second));
  const think = thinking(first as Think, second as Think);
  const speak = speaking(first as Speak, voicesOf(second));
  // The argument shows which kind of stage it is.
  const stage = (argument: readonly Message[] | Parameters<Speak>[0]) =>
    'settled' in argument ? speak(argument) : think(argument);
  return stage as Think | Speak;
}

const voicesOf = (stage: Stage): Observable<Speak> => (isObservable(stage) ? stage : of(stage as Speak));

function thinking(first: Think, second: Think): Think {
  return (messages) =>
    defer(() => {
      let begun = false;
      return defer(() => first(messages)).pipe(
        tap(({ type }) => (begun ||= type === 'Token')),
        catchError((error: unknown) =>
          begun
            ? throwError(() => error)
            : concat(
                of(toFailure('think', error, true)),
                defer(() => second(messages)),
              ),
        ),
      );
    });
}

/** Calls `onFailed` with an error of the first voice. */
function speaking(first: Speak, second: Observable<Speak>, onFailed: (error: unknown) => unknown = () => undefined): Speak {
  return (on) => (sentences) =>
    defer(() => {
      let begun = false;
      let inputFailed = false; // The input is at fault; another voice would fail too.
      return sentences.pipe(
        tap({ error: () => (inputFailed = true) }),
        connect(
          (text) =>
            defer(() => text.pipe(first(on))).pipe(
              tap((event) => (begun ||= event.type === 'Speech' && event.audio.data.length > 0)),
              catchError((error: unknown) => {
                if (begun || inputFailed) return throwError(() => error);
                onFailed(error);
                const again = second.pipe(
                  take(1),
                  switchMap((speak) => text.pipe(speak(on))),
                );
                return concat(of(toFailure('speak', error, true)), again);
              }),
            ),
          { connector: () => new ReplaySubject(Infinity) },
        ),
      );
    });
}

/** Two voices as one resource. */
function voices(first: Observable<Speak>, second: Observable<Speak>): Observable<Speak> {
  return new Observable((call) => {
    const opened = new ReplaySubject<Speak>(1);
    let isOpen = false;
    const spare = defer(() => {
      const isFirst = !isOpen;
      isOpen = true;
      if (isFirst) call.add(second.subscribe(opened));
      return opened;
    });
    let reported: unknown;
    const isNew = (error: unknown): boolean => reported !== (reported = error);
    const ours = first.pipe(
      map((speak) => speaking(speak, spare, isNew)),
      catchError((error: unknown) =>
        spare.pipe(map(startingWith(() => (isNew(error) ? [toFailure('speak', error, true)] : [])))),
      ),
    );
    // It never completes: the emitted voices stay in use.
    call.add(ours.subscribe({ next: (speak) => call.next(speak), error: (error: unknown) => call.error(error) }));
  });
}

/** Starts each reply with these failures. */
function startingWith(failures: () => readonly Failure[]): (speak: Speak) => Speak {
  return (speak) => (on) => (sentences) => defer(() => sentences.pipe(speak(on), startWith(...failures())));
}
