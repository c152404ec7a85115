import { concatMap, defer, map, NEVER, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Failure, Message, Sentence, Speak, Speech, Spent, Thought } from '../../../operators/events.ts';
import { withFallback } from '../../../operators/core/withFallback.ts';
import { ModelError, VoiceError } from '../../../src/errors.ts';
import { marbles } from '../../withMarbles.ts';

const hello: readonly Message[] = [{ role: 'user', content: 'Hello' }];

const failed = (stage: Failure['stage'], code: string, message: string, requestId?: string): Failure => ({
  type: 'Failure',
  stage,
  code,
  message,
  ...(requestId !== undefined && { requestId }),
  recovered: true,
});

describe('withFallback, of models', () => {
  const down = new ModelError('failed', 'The model refused the request (500).', { retryable: true, requestId: 'req-1' });
  const values = {
    a: { type: 'Token', text: 'A' },
    b: { type: 'Token', text: ' b' },
    u: { type: 'Usage', inputTokens: 3, outputTokens: 2 },
    f: failed('think', 'failed', 'The model refused the request (500).', 'req-1'),
    g: failed('think', 'failed', 'no'),
  } as const satisfies Record<string, Thought>;

  it(
    'asks only the first while it answers',
    marbles((m) => {
      const first = m.cold('  --a-b-u|  ', values);
      const second = m.cold(' a|        ', values);
      const expected = '      --a-b-u|  ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello)).toBeObservable(expected, values);
      m.expect(first).toHaveSubscriptions('^------!');
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'asks the second when the first fails before its first token, and emits a Failure',
    marbles((m) => {
      const first = m.cold('  --#        ', values, down);
      const second = m.cold('   --a-b|   ', values);
      const secondSubs = '    --^----!   ';
      const expected = '      --f-a-b|   ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello)).toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'counts neither a failure nor the usage as a first token',
    marbles((m) => {
      const first = m.cold('  fu#     ', values, down);
      const second = m.cold('   -a|   ', values);
      const expected = '      fuf a|  ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello)).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an error once the first has emitted a token',
    marbles((m) => {
      const first = m.cold('  --a-#  ', values, down);
      const second = m.cold(' a|     ', values);
      const expected = '      --a-#  ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello)).toBeObservable(expected, values, down);
      m.expect(second).toHaveSubscriptions([]);
    }),
  );

  it(
    'passes the error of the second',
    marbles((m) => {
      const first = m.cold('  -#      ', values, 'no');
      const second = m.cold('  --#    ', values, down);
      const expected = '      -g-#    ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello)).toBeObservable(expected, values, down);
    }),
  );

  it(
    'stops the model that is asked when its subscriber leaves, and asks no other',
    marbles((m) => {
      const first = m.cold('  --#        ', values, down);
      const second = m.cold('   ---a|    ', values);
      const earlySubs = '     ^!         ';
      const lateSubs = '      ^-!        ';
      const secondSubs = '    --^-!      ';
      const early = '         -!         ';
      const late = '          ----!      ';

      const think = withFallback(
        () => first,
        () => second,
      );
      m.expect(think(hello), early).toBeObservable('-', values);
      m.expect(think(hello), late).toBeObservable('--f', values);
      m.expect(first).toHaveSubscriptions([earlySubs, lateSubs]);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it('passes the conversation to both, and treats a thrown error as a failure', () => {
    const asked: (readonly Message[])[] = [];
    const seen: Thought[] = [];
    const broken = (messages: readonly Message[]): Observable<Thought> => {
      asked.push(messages);
      throw new Error('no');
    };
    const well = (messages: readonly Message[]) => {
      asked.push(messages);
      return of(values.a);
    };

    withFallback(broken, well)(hello).subscribe((thought) => seen.push(thought));

    expect(asked).toEqual([hello, hello]);
    expect(seen).toEqual([values.g, values.a]);
  });

  it('takes three models as well as two', () => {
    const seen: Thought[] = [];
    const broken = () => throwError(() => down);

    const think = withFallback(withFallback(broken, broken), () => of(values.a));
    think(hello).subscribe((thought) => seen.push(thought));

    expect(seen).toEqual([values.f, values.f, values.a]);
  });
});

describe('withFallback, of voices', () => {
  const lost = new VoiceError('lost-track', 'It is gone.', { requestId: 'id-1' });
  const sentences = { a: { text: 'One. ', spoken: 'one' }, b: { text: 'Two.', spoken: 'two' } } as const;
  const sound = (text: string, data = Uint8Array.of(1, 2)): Speech => ({
    type: 'Speech',
    audio: { data, encoding: 'linear16', sampleRateHz: 1000, channels: 1 },
    text,
  });
  const values = {
    a: sound('One. '),
    b: sound('Two.'),
    e: sound('One. ', new Uint8Array(0)),
    s: { type: 'Spent', characters: 4 },
    f: failed('speak', 'lost-track', 'It is gone.', 'id-1'),
  } as const;
  const on = { settled: of(true) };

  /** Speaks each sentence at once. */
  const well: Speak = () => map(({ text }: Sentence) => sound(text));
  /** Emits this, whatever the sentences are. */
  const saying =
    (drawn: Observable<Speech | Spent | Failure>): Speak =>
    () =>
    (said) =>
      said.pipe(concatMap((_, index) => (index === 0 ? drawn : NEVER)));

  it(
    'asks the second when the first fails before its first sound, and sends it every sentence',
    marbles((m) => {
      const said = m.cold('   a-b---------|  ', sentences);
      const saidSubs = '      ^-----------!  ';
      const first = m.cold('  -s-#           ', values, lost);
      const expected = '      -s-(fab)----|  ';

      m.expect(said.pipe(withFallback(saying(first), well)(on))).toBeObservable(expected, values);
      m.expect(said).toHaveSubscriptions(saidSubs);
      m.expect(first).toHaveSubscriptions('^--!');
    }),
  );

  it(
    'asks only the first while it speaks',
    marbles((m) => {
      const said = m.cold('   a-b-|  ', sentences);
      const expected = '      a-b-|  ';

      const never: Speak = () => () => throwError(() => new Error('asked'));
      m.expect(said.pipe(withFallback(well, never)(on))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an error once there was sound; an empty chunk is no sound',
    marbles((m) => {
      const said = m.cold('   a------|  ', sentences);
      const heard = m.cold('  -a-#      ', values, lost);
      const empty = m.cold('  -e-#      ', values, lost);

      m.expect(said.pipe(withFallback(saying(heard), well)(on))).toBeObservable('-a-#', values, lost);
      m.expect(said.pipe(withFallback(saying(empty), well)(on))).toBeObservable('-e-(fa)|', values);
    }),
  );

  it(
    'passes an error of the sentences, and asks no other voice',
    marbles((m) => {
      const wrong = new ModelError('failed', 'The model failed.');
      const said = m.cold('   --#  ', sentences, wrong);

      let asked = 0;
      const second: Speak = (given) => (asked++, well(given));
      m.expect(said.pipe(withFallback(well, second)(on))).toBeObservable('--#', values, wrong);
      m.flush();
      expect(asked).toBe(0);
    }),
  );

  it(
    'unsubscribes from the voice and the sentences when its subscriber leaves',
    marbles((m) => {
      const said = m.cold('   a-----b  ', sentences);
      const first = m.cold('  -#       ', values, lost);
      const second = m.cold('  ---a    ', values);
      const leave = '         ---!     ';

      m.expect(said.pipe(withFallback(saying(first), saying(second))(on)), leave).toBeObservable('-f', values);
      m.expect(said).toHaveSubscriptions('^--!');
      m.expect(second).toHaveSubscriptions('-^-!');
    }),
  );

  it(
    'opens the second of two resources when it is first needed, and keeps it until the call ends',
    marbles((m) => {
      const said = m.cold('     a----------|   ', sentences);
      const drawn = m.cold('    -#             ', values, lost);
      const first = m.cold('    v              ', { v: saying(drawn) });
      const second = m.cold('   --v            ', { v: well });
      const secondSubs = '      -^------------!  ';
      const call = '            --------------!  ';

      const voices = withFallback(first, second);
      const replies = voices.pipe(concatMap((speak) => said.pipe(speak(on))));
      m.expect(replies, call).toBeObservable('-f-a', values);
      m.expect(first).toHaveSubscriptions('^-------------!');
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'starts each reply with the first again, also when the first was replaced',
    marbles((m) => {
      const drawn = m.cold('    #              ', values, lost);
      const first = m.cold('    v----w         ', { v: saying(drawn), w: well });
      const expected = '        (fa)-a         ';

      const voices = withFallback(first, of(well));
      const replies = voices.pipe(concatMap((speak) => of(sentences.a).pipe(speak(on))));
      m.expect(replies, '--------!').toBeObservable(expected, values);
    }),
  );

  it(
    'asks only the second once the first has errored; the next reply emits the Failure',
    marbles((m) => {
      const first = m.cold('    ---#           ', {}, lost);
      const second = m.cold('   v-----v        ', { v: well });
      const secondSubs = '      ---^------!    ';
      const expected = '        ---(fa)--a     ';

      const voices = withFallback(first, second);
      const replies = voices.pipe(concatMap((speak) => of(sentences.a).pipe(speak(on))));
      m.expect(replies, '----------!').toBeObservable(expected, values);
      m.expect(second).toHaveSubscriptions(secondSubs);
    }),
  );

  it(
    'does not emit the Failure again when a reply has emitted it',
    marbles((m) => {
      const said = m.cold('     a-|            ', sentences);
      const drawn = m.cold('    ---#           ', values, lost);
      const first = m.cold('    v--#           ', { v: saying(drawn) }, lost);
      const expected = '        ---(fa|)       ';
      const next = '            ------a        ';

      let voice: Speak | undefined;
      const call = withFallback(first, of(well)).subscribe((speak) => (voice = speak));
      m.cold('10ms x').subscribe(() => call.unsubscribe());
      const reply = defer(() => said.pipe(voice!(on)));
      m.expect(reply, '^-----!').toBeObservable(expected, values);
      m.expect(reply, '------^-!').toBeObservable(next, values);
    }),
  );

  it(
    'errors with the error of the second when no voice is left',
    marbles((m) => {
      const gone = new VoiceError('lost-track', 'The second as well.');
      const first = m.cold('    ---#           ', {}, lost);
      const second = m.cold('      --#         ', {}, gone);

      m.expect(withFallback(first, second)).toBeObservable('-----#', {}, gone);
    }),
  );

  it('does not complete while it may still be asked', () => {
    let over = false;
    const call = withFallback(of(well), of(well)).subscribe({ complete: () => (over = true) });

    expect(over).toBe(false);
    call.unsubscribe();
  });
});
