import {
  concat,
  defer,
  endWith,
  finalize,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  NEVER,
  Subject,
  switchMap,
  takeUntil,
  takeWhile,
  tap,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WireError } from '../../src/errors.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';

/** A wire, and the known behaviour of its service. No test needs a service that can be configured. */
export interface WireCase {
  readonly wire: Wire;
  /** Frames that can always be sent and are answered: Flux answers a `ForceEndTurn`, Aura a `Flush` after a `Speak`. */
  readonly question: readonly Frame[];
  /** Is this frame the answer to the question? Other frames may come before, between and after. */
  readonly isAnswer: (frame: Frame) => boolean;
  /** Asks the service to close as agreed. */
  readonly goodbye: Frame;
  /** A wire whose connection the service closes unexpectedly, or refuses. */
  readonly broken?: Wire;
}

/** Runs an observable to its end: in real time, or in virtual time. Rejects with its error. */
export type Run = <T>(values: Observable<T>) => Promise<T[]>;

const inRealTime: Run = (values) => lastValueFrom(values.pipe(toArray()));

export const inVirtualTime: Run = (values) =>
  new Promise((resolve, reject) => {
    new TestScheduler(() => undefined).run(({ flush }) => {
      values.pipe(toArray()).subscribe({ next: resolve, error: reject });
      flush();
    });
    reject(new Error('In virtual time nothing is left to happen, and the observable has not ended.'));
  });

/**
 * The contract of every `Wire`: a socket, a scenario, a marble diagram, the service itself.
 *
 * `setup` makes a case before each test, `teardown` ends what it started. No test sleeps: each one's observable ends by itself.
 */
export function wireContract(
  name: string,
  setup: () => WireCase | Promise<WireCase>,
  { run = inRealTime, teardown = () => undefined }: { readonly run?: Run; readonly teardown?: () => unknown } = {},
): void {
  describe(`${name} is a wire: it`, () => {
    let far: WireCase;
    beforeEach(async () => {
      far = await setup();
    });
    afterEach(() => teardown());

    const asked = () => concat(far.question, NEVER);
    const over = () => concat(far.question, [far.goodbye], NEVER);

    it('sends the frames of its source and emits those of the service', async () => {
      const frames = await run(
        asked().pipe(
          far.wire,
          takeWhile((frame) => !far.isAnswer(frame), true),
        ),
      );

      expect(frames.filter(far.isAnswer)).toHaveLength(1);
    });

    it('emits text as strings and everything else as plain bytes', async () => {
      const frames = await run(
        asked().pipe(
          far.wire,
          takeWhile((frame) => !far.isAnswer(frame), true),
        ),
      );

      expect(frames.length).toBeGreaterThan(0);
      expect(frames.every((frame) => typeof frame === 'string' || Object.getPrototypeOf(frame) === Uint8Array.prototype)).toBe(
        true,
      );
    });

    it('subscribes to its source once, and only when subscribed itself', async () => {
      let subscriptions = 0;
      const result = defer(() => {
        subscriptions += 1;
        return asked();
      }).pipe(
        far.wire,
        takeWhile((frame) => !far.isAnswer(frame)),
      );

      expect(subscriptions).toBe(0);
      await run(result);
      expect(subscriptions).toBe(1);
    });

    it('stays open when its source completes', async () => {
      // By the end of a second connection, opened after the answer, the first would have closed.
      const answered = new Subject<void>();
      const later = answered.pipe(switchMap(() => over().pipe(far.wire, ignoreElements(), endWith(undefined))));
      const frames = concat(far.question).pipe(
        far.wire,
        tap((frame) => far.isAnswer(frame) && answered.next()),
        endWith('it closed'),
        takeUntil(later),
      );

      const heard = await run(frames);
      expect(heard.filter(far.isAnswer)).toHaveLength(1);
      expect(heard).not.toContain('it closed');
    });

    it('completes when the service closes as agreed, after its last frames', async () => {
      const frames = await run(over().pipe(far.wire));

      expect(frames.filter(far.isAnswer)).toHaveLength(1);
    });

    it('unsubscribes from its source when the service has closed', async () => {
      let left = 0;
      await run(
        over().pipe(
          finalize(() => (left += 1)),
          far.wire,
        ),
      );

      expect(left).toBe(1);
    });

    it('unsubscribes from its source when it is unsubscribed', async () => {
      let left = 0;
      await run(
        asked().pipe(
          finalize(() => (left += 1)),
          far.wire,
          takeWhile((frame) => !far.isAnswer(frame)),
        ),
      );

      expect(left).toBe(1);
    });

    it('closes and errors with the error of its source', async () => {
      const broken = new Error('the microphone is gone');
      const frames = concat(
        far.question,
        throwError(() => broken),
      );

      await expect(run(frames.pipe(far.wire, ignoreElements()))).rejects.toBe(broken);
    });

    it('emits nothing and accepts nothing when it is unsubscribed at once', async () => {
      const heard: unknown[] = [];
      let subscriptions = 0;
      const source = defer(() => {
        subscriptions += 1;
        return asked();
      });
      const leaving = defer(() => {
        source
          .pipe(far.wire)
          .subscribe({ next: (frame) => heard.push(frame), error: (error: unknown) => heard.push(error) })
          .unsubscribe();
        return over().pipe(far.wire);
      });

      // By the end of a second connection, opened later, the first would have been heard of.
      await run(leaving);
      expect({ heard, subscriptions }).toStrictEqual({ heard: [], subscriptions: 0 });
    });

    it('makes a separate connection for each subscription', async () => {
      const result = over().pipe(far.wire);
      const first = result.pipe(map((frame) => ({ from: 'first', frame })));
      const second = result.pipe(map((frame) => ({ from: 'second', frame })));

      const answers = (await run(merge(first, second))).filter(({ frame }) => far.isAnswer(frame)).map(({ from }) => from);
      expect(answers.sort()).toStrictEqual(['first', 'second']);
    });

    it('can be used again after an end', async () => {
      const conversation = over().pipe(far.wire);

      const frames = await run(concat(conversation, conversation));
      expect(frames.filter(far.isAnswer)).toHaveLength(2);
    });

    it('errors with a WireError when the connection ends otherwise, or cannot be opened', async (context) => {
      const { broken } = far;
      if (broken === undefined) return context.skip('this service cannot be made to fail');

      const outcome = await run(NEVER.pipe(broken)).then(
        () => 'completed',
        (error: unknown) => error,
      );
      expect(outcome).toBeInstanceOf(WireError);
      expect(outcome).toMatchObject({ code: expect.stringMatching(/./) as string, retryable: expect.any(Boolean) as boolean });
    });
  });
}
