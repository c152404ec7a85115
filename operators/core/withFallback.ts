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
import { failureOf } from './failureOf.ts';

type Think = (messages: readonly Message[]) => Observable<Thought>;
type Stage = Think | Speak | Observable<Speak>;

/**
 * A stage that asks a second one when the first fails before it has brought anything: the model before its first token, the voice
 * before its first sound. A recovered `Failure` tells of it.
 *
 *     agent({ think: withFallback(openai(a), openai(b)), speak: withFallback(aura(a), aura(b)), … })
 *
 *     first      ---#
 *     second        --t-t-t|
 *     result     ---f-t-t-t|        f: Failure
 *
 *     first      ---t-#
 *     result     ---t-#             it had begun: the error passes. So does that of the second
 *
 * Every reply begins with the first again. A voice is told all the sentences of its reply, also those that came before it was
 * asked. Of voices that are resources the second is opened when it is needed first, and kept until the call ends; once the first
 * errors for good, only the second is asked. Unsubscribing leaves whichever is asked.
 *
 * The first should give up in good time: `openai`'s `firstTokenMs`, `aura`'s `answeredWithinMs`.
 */
export function withFallback(first: Think, second: Think): Think;
export function withFallback(first: Speak, second: Speak): Speak;
export function withFallback(first: Speak | Observable<Speak>, second: Speak | Observable<Speak>): Observable<Speak>;
export function withFallback(first: Stage, second: Stage): Stage {
  if (isObservable(first) || isObservable(second)) return voices(voicesOf(first), voicesOf(second));
  const think = thinking(first as Think, second as Think);
  const speak = speaking(first as Speak, voicesOf(second));
  // What it is asked tells which of the two it is.
  const stage = (asked: readonly Message[] | Parameters<Speak>[0]) => ('settled' in asked ? speak(asked) : think(asked));
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
                of(failureOf('think', error)),
                defer(() => second(messages)),
              ),
        ),
      );
    });
}

/** `failed` hears of what the first could not bear. */
function speaking(first: Speak, second: Observable<Speak>, failed: (error: unknown) => unknown = () => undefined): Speak {
  return (on) => (sentences) =>
    defer(() => {
      let begun = false;
      let broken = false; // what is to be said: no other voice would mend that
      return sentences.pipe(
        tap({ error: () => (broken = true) }),
        connect(
          (said) =>
            defer(() => said.pipe(first(on))).pipe(
              tap((event) => (begun ||= event.type === 'Speech' && event.audio.data.length > 0)),
              catchError((error: unknown) => {
                if (begun || broken) return throwError(() => error);
                failed(error);
                const again = second.pipe(
                  take(1),
                  switchMap((speak) => said.pipe(speak(on))),
                );
                return concat(of(failureOf('speak', error)), again);
              }),
            ),
          { connector: () => new ReplaySubject(Infinity) },
        ),
      );
    });
}

/** The voices of a call, as a resource of two. */
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
    let told: unknown;
    const tell = (error: unknown): boolean => told !== (told = error);
    const ours = first.pipe(
      map((speak) => speaking(speak, spare, tell)),
      catchError((error: unknown) => spare.pipe(map(telling(() => (tell(error) ? [failureOf('speak', error)] : []))))),
    );
    // No end: the voices that there are go on being used.
    call.add(ours.subscribe({ next: (speak) => call.next(speak), error: (error: unknown) => call.error(error) }));
  });
}

/** Has each reply begin with what there is to tell. */
function telling(news: () => readonly Failure[]): (speak: Speak) => Speak {
  return (speak) => (on) => (sentences) => defer(() => sentences.pipe(speak(on), startWith(...news())));
}
