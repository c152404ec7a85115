import { defer, map, NEVER, of, Subject, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceError, WireError } from '../../src/errors.ts';
import { aura } from '../../src/tts/aura.ts';
import type { Frame } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';
import { play } from './auraCalls.ts';
import { brokenOff, drawn, incoming, last, outgoing, said, speech, spent, stage } from './drawnAura.ts';

const settled = of(true);
const lost = new WireError('closed', 'The connection to Deepgram was lost (1006).', { retryable: true, closeCode: 1006 });
/** What is told of it: with the id of the connection that was lost, if that was known. */
const failure = { type: 'Failure', stage: 'speak', code: 'closed', message: lost.message, recovered: true } as const;
const f = { ...failure, requestId: 'id-1' };

const out = {
  s: spent(4),
  x: speech(incoming.x, 'One. '),
  L: speech(incoming.L, 'One. '),
  0: last('One. '),
  k: brokenOff('One. '),
  u: spent(4),
  z: speech(incoming.z, 'Two. '),
  2: last('Two. '),
  t: spent(10),
  y: speech(incoming.y, 'Two. Three.'),
  1: last('Two. Three.'),
  f,
};

/** One drawing for each socket, in turn. */
const inTurn = <T>(...sockets: readonly Observable<T>[]): Observable<T> => {
  let opened = 0;
  return defer(() => sockets[opened++] ?? NEVER);
};

describe('aura, when its socket is lost', () => {
  it(
    'says again on the next one what was not yet audible, after a failure with the id of the connection',
    marbles((m) => {
      const sentences = m.cold('       a 9ms b 9ms c 9ms |                              ', said);
      const first = m.cold('           M 49ms x 9ms F 39ms #                            ', incoming, lost);
      const second = m.cold('          50ms y 9ms F                                     ', incoming);
      const expected = '               s 49ms x 9ms (0t) 36ms (ft) 46ms y 9ms (1|)     ';
      const sent = '                   (aF) 56ms (BF) 36ms (BF)                         ';

      const voice = stage(m, inTurn(first, second));
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
      m.expect(first).toHaveSubscriptions('^ 99ms !');
      m.expect(second).toHaveSubscriptions('100ms ^ 599899ms !');
    }),
  );

  it(
    'repeats nothing that had begun to sound, and goes on with what follows',
    marbles((m) => {
      const sentences = m.cold('       a 99ms b 9ms |                ', said);
      const first = m.cold('           M 49ms x 9ms #                ', incoming, lost);
      const second = m.cold('          60ms z 9ms F                  ', incoming);
      const expected = '               s 49ms x 9ms (kf) 36ms u 19ms z 9ms (2|)     ';
      const sent = '                   (aF) 96ms (bF)                ';

      const voice = stage(m, inTurn(first, second));
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'says again of sentences that were flushed together those that had not begun, and takes them off the text',
    marbles((m) => {
      // "one " took 100 ms: of "two three " as many are "two ", and nothing of "three"
      const sentences = m.cold('       a 9ms b 9ms c 9ms |                                    ', said);
      const first = m.cold('           M 49ms x 9ms F 39ms y 9ms #                            ', incoming, lost);
      const second = m.cold('          50ms z 9ms F                                           ', incoming);
      const expected = '               s 49ms x 9ms (0t) 36ms y 9ms (jfv) 45ms w 9ms (3|) ';
      const sent = '                   (aF) 56ms (BF) 46ms (cF)                               ';

      const voice = stage(m, inTurn(first, second));
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, {
        ...out,
        j: brokenOff('Two. '),
        v: spent(6),
        w: speech(incoming.z, 'Three.'),
        3: last('Three.'),
      });
    }),
  );

  it(
    'says nothing a third time: the reply errors, and the next one is said',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |                                 ', said);
      const later = m.cold('           b 9ms |                                 ', said);
      const first = m.cold('           M 19ms #                                ', incoming, lost);
      const second = m.cold('          M 19ms #                                ', incoming, lost);
      const third = m.cold('           60ms z 9ms F                            ', incoming);
      const expected = '               s 19ms (fs) 16ms 250ms #                ';
      const begins = '                 50ms ^                                  ';
      const next = '                   50ms 240ms u 59ms z 9ms (2|)            ';

      const voice = stage(m, inTurn(first, second, third));
      const known = new WireError('closed', lost.message);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, known);
      m.expect(later.pipe(voice.speak({ settled })), begins).toBeObservable(next, out);
    }),
  );

  it(
    'says a reply on the third socket that had come as far as the next sentence on the second',
    marbles((m) => {
      const sentences = m.cold('       a 59ms b 9ms |                              ', said);
      const first = m.cold('           20ms #                                      ', incoming, lost);
      const second = m.cold('          20ms x 9ms F 49ms #                         ', incoming, lost);
      const third = m.cold('           20ms z 9ms F                                ', incoming);
      const expected = '               s 19ms (gs) 16ms x 9ms 0 9ms u 39ms (gu) 16ms z 9ms (2|)   ';

      const voice = stage(m, inTurn(first, second, third));
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g: failure });
    }),
  );

  it(
    'lets a reply of which nothing lies there wait for the next one',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |                              ', said);
      const opens = inTurn(m.cold('    50ms #                               ', {}, lost), m.cold('30ms (o|)'));
      const received = '               130ms x 9ms F                        ';
      const expected = '               50ms f 29ms s 49ms x 9ms (0|)        ';

      const voice = stage(m, received, { opens });
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, f: failure });
    }),
  );

  it(
    'has the next reply tell of a loss that came while nothing was said',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |                              ', said);
      const first = m.cold('           M 49ms #                             ', incoming, lost);
      const second = m.cold('          100ms x 9ms F                        ', incoming);
      const begins = '                 100ms ^                              ';
      const expected = '               100ms (fs) 46ms x 9ms (0|)           ';

      const voice = stage(m, inTurn(first, second));
      m.expect(sentences.pipe(voice.speak({ settled })), begins).toBeObservable(expected, out);
    }),
  );

  it(
    'has the next reply tell of every loss that came while nothing was said, in their order',
    marbles((m) => {
      const busy = new WireError('busy', 'The service refused the connection (429).', { retryable: true, status: 429 });
      const sentences = m.cold('       a 9ms |                             ', said);
      const first = m.cold('           M 49ms #                             ', incoming, lost);
      const second = m.cold('          #                                    ', incoming, busy);
      const third = m.cold('           350ms x 9ms F                        ', incoming);
      const begins = '                 350ms ^                              ';
      const expected = '               350ms (fgs) ';

      const voice = stage(m, inTurn(first, second, third));
      const g = { ...failure, code: 'busy', message: busy.message };
      m.expect(sentences.pipe(voice.speak({ settled })), `${begins.trim()} 5ms !`).toBeObservable(expected, { ...out, g });
    }),
  );

  it(
    'errors a draft that is cut in its middle, for the turn may be answered anew',
    marbles((m) => {
      const sentences = m.cold('       a                     ', said);
      const later = m.cold('           a 9ms |               ', said);
      const first = m.cold('           M 49ms x 9ms #        ', incoming, lost);
      const second = m.cold('          60ms x 9ms F          ', incoming);
      const expected = '               s 49ms x 9ms #        ';
      const begins = '                 100ms ^               ';
      const next = '                   100ms (fs) 16ms x 9ms (0|) ';

      const voice = stage(m, inTurn(first, second));
      m.expect(sentences.pipe(voice.speak({ settled: NEVER }))).toBeObservable(
        expected,
        out,
        new WireError('closed', lost.message),
      );
      m.expect(later.pipe(voice.speak({ settled })), begins).toBeObservable(next, out);
    }),
  );

  it(
    'takes a far side that closes in good order for a lost one',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |               ', said);
      const first = m.cold('           M 19ms |              ', incoming);
      const second = m.cold('          20ms x 9ms F          ', incoming);
      const expected = '               s 19ms (gs) 16ms x 9ms (0|) ';

      const voice = stage(m, inTurn(first, second));
      const g = { ...f, message: 'Deepgram closed the connection of the voice.' };
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g });
    }),
  );

  it(
    'errors with its replies when it is refused for good, though it was heard before',
    marbles((m) => {
      const refused = new WireError('payment', 'Deepgram refused the connection (402).', { status: 402 });
      const sentences = m.cold('       a                     ', said);
      const first = m.cold('           M 19ms #              ', incoming, lost);
      const second = m.cold('          20ms #                ', incoming, refused);
      const expected = '               s 19ms (fs) 16ms #    ';
      const voices = '                 v 19ms v 19ms #       ';

      const voice = stage(m, inTurn(first, second));
      m.expect(voice.voices.pipe(map(() => 'v'))).toBeObservable(voices, undefined, refused);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, refused);
    }),
  );

  it(
    'waits as long as chance says, and the call may be left meanwhile',
    marbles((m) => {
      const received = m.cold('        10ms #                     ', incoming, lost);
      const receivedSubs = [
        '                              ^ 9ms !                    ',
        '                              10ms ^ 9ms !               ',
        '                              145ms ^ 9ms !              ',
      ];
      const unsubscribe = '            200ms !                    ';

      const voices = aura({ random: () => 0.5 }, drawn(received, new Subject())).pipe(map(() => 'v'));
      m.expect(voices, unsubscribe).toBeObservable('v 9ms v 134ms v');
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'counts attempts anew after `Flushed`, and not after anything else that is said',
    marbles((m) => {
      const flushed = m.cold('         F 9ms #                    ', incoming, lost);
      const greeted = m.cold('         M 9ms #                    ', incoming, lost);

      const voices = (far: Observable<Frame>) => aura({ random: () => 1 }, drawn(far, new Subject())).pipe(map(() => 'v'));
      m.expect(voices(flushed), '45ms !').toBeObservable('v 9ms v 9ms v 9ms v 9ms v');
      m.expect(voices(greeted), '45ms !').toBeObservable('v 9ms v');
    }),
  );
});

describe('aura, when its socket does not answer', () => {
  it(
    'replaces it when nothing has come for five seconds though sound is owed, and says the text again',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |                          ', said);
      const first = m.cold('           M 1s                             ', incoming);
      const second = m.cold('          50ms x 9ms F                     ', incoming);
      const expected = '               s 4999ms (gs) 46ms x 9ms (0|)    ';
      const sent = '                   (aF) 4996ms (aF)                 ';

      const voice = stage(m, inTurn(first, second));
      const message = 'The voice sent nothing for 5000 ms while audio was expected.';
      const g = { type: 'Failure', stage: 'speak', code: 'silent', message, requestId: 'id-1', recovered: true } as const;
      m.expect(voice.sent, '9s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g });
      m.expect(first).toHaveSubscriptions('^ 4999ms !');
    }),
  );

  it(
    'replaces one that does not open in this time, too',
    marbles((m) => {
      const sentences = m.cold('       a 9ms |                          ', said);
      const opens = inTurn(m.cold('    -                                '), m.cold('30ms (o|)'));
      const received = '               5100ms x 9ms F                   ';
      const expected = '               5s g 29ms s 69ms x 9ms (0|)      ';

      const voice = stage(m, received, { opens });
      const message = 'The connection to the voice did not open within 5000 ms.';
      const g = { type: 'Failure', stage: 'speak', code: 'silent', message, recovered: true } as const;
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g });
    }),
  );

  it(
    'takes a segment for whole whose sound came without `Flushed`',
    marbles((m) => {
      const sentences = m.cold('       a 599ms b 9ms |                          ', said);
      const first = m.cold('           M 49ms L                                 ', incoming);
      const second = m.cold('          100ms z 9ms F                            ', incoming);
      const expected = '               s 49ms L 499ms (0g) 46ms u 49ms z 9ms (2|) ';

      const voice = stage(m, inTurn(first, second), { answeredWithinMs: 500 });
      const message = 'The voice sent nothing for 500 ms while audio was expected.';
      const g = { type: 'Failure', stage: 'speak', code: 'silent', message, requestId: 'id-1', recovered: true } as const;
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g });
    }),
  );

  it(
    'counts from the last sound, or from what was asked since',
    marbles((m) => {
      const sentences = m.cold('       a 89ms b 9ms |                           ', said);
      const received = '               50ms x 9ms F 124ms z 9ms F               ';
      const expected = '               s 49ms x 9ms 0 29ms u 94ms z 9ms (2|)    ';

      const voice = stage(m, received, { answeredWithinMs: 100 });
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'watches over what follows a clear as well',
    marbles((m) => {
      const dropped = m.cold('         a                                    ', said);
      const sentences = m.cold('       10ms b 9ms |                         ', said);
      const first = m.cold('           M 599ms C                            ', incoming);
      const second = m.cold('          50ms z 9ms F                         ', incoming);
      const expected = '               10ms u 1089ms (gu) 46ms z 9ms (2|)    ';

      const voice = stage(m, inTurn(first, second), { answeredWithinMs: 500 });
      const message = 'The voice sent nothing for 500 ms while audio was expected.';
      const g = { type: 'Failure', stage: 'speak', code: 'silent', message, requestId: 'id-1', recovered: true } as const;
      m.expect(dropped.pipe(voice.speak({ settled: NEVER })), '10ms !').toBeObservable('s', out);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, g });
    }),
  );

  it(
    'does not backend silence when nothing is owed',
    marbles((m) => {
      const received = m.cold('  M                    ', incoming);
      const sentences = m.cold('a                     ', said);

      const voice = stage(m, inTurn(m.cold('M 49ms x 9ms F', incoming)), { callMs: 60_000 });
      m.expect(aura({}, drawn(received, new Subject())).pipe(map(() => 'v')), '60s !').toBeObservable('v');
      m.expect(sentences.pipe(voice.speak({ settled })), '59s !').toBeObservable('s 49ms x 9ms 0', out);
      m.expect(received).toHaveSubscriptions('^ 59999ms !');
    }),
  );
});

describe('aura, when a text comes back without sound', () => {
  const noAudio = new VoiceError('no-audio', 'The voice returned no audio for a text with words.', { retryable: true });

  it(
    'errors, for nothing that follows can be heard without it',
    marbles((m) => {
      const sentences = m.cold('       a 99ms b 9ms |                         ', said);
      const received = m.cold('        M 49ms x 9ms F 89ms F                 ', incoming);
      const expected = '               s 49ms x 9ms 0 39ms u 1549ms #          ';

      const voice = stage(m, inTurn(received));
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, noAudio);
    }),
  );

  it(
    'passes over what has no words, and adds its text to what follows',
    marbles((m) => {
      const dots = { text: '... ', spoken: '...' };
      const sentences = m.cold('       d 9ms b 9ms |                   ', { ...said, d: dots });
      const received = m.cold('        M 49ms F 1549ms z 9ms F         ', incoming);
      const both = [{ ...dots, spoken: '' }, said.b];
      const expected = '               s 1549ms u 49ms z 9ms (2|)      ';

      const voice = stage(m, inTurn(received));
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, {
        ...out,
        z: { ...speech(incoming.z, 'Two. '), text: '... Two. ', sentences: both },
        2: { ...last('Two. '), text: '... Two. ', sentences: both },
      });
    }),
  );
});

describe('aura, before its socket is too old', () => {
  const minutes = 60_000;

  it(
    'takes a new one after 55 minutes when nothing is said, without a word',
    marbles((m) => {
      const received = m.cold('        M              ', incoming);
      const receivedSubs = ['          ^ 3299999ms ! ', '3300s ^ 3299999ms !', '6600s ^ 599999ms !'];

      const voices = aura({}, drawn(received, new Subject())).pipe(map(() => 'v'));
      m.expect(voices, '120m !').toBeObservable('v 3299999ms v 3299999ms v');
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'lets a reply end before',
    marbles((m) => {
      const sentences = m.cold('       3299s a 4s b 9ms |                             ', said);
      const first = m.cold('           3299s 50ms x 9ms F 3990ms z 9ms F              ', incoming);
      const second = m.cold('          M                                              ', incoming);
      const expected = '               3299s s 49ms x 9ms 0 3940ms u 49ms z 9ms (2|)  ';

      const voice = stage(m, inTurn(first, second), { callMs: 60 * minutes });
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
      m.expect(first).toHaveSubscriptions('^ 3303060ms !');
      m.expect(second).toHaveSubscriptions('3303061ms ^ 296938ms !');
    }),
  );
});

describe('aura, and what it spent', () => {
  const sentence = (text: string) => ({ text, spoken: text.trim() });

  it('keeps count of flushes when its socket is replaced', () => {
    const short = { gapMs: 0, everyMs: 0, sentences: [sentence('Yes. ')], fate: { settle: 0 } };
    const { log, replies } = play(
      Array.from({ length: 21 }, () => short),
      { lostSockets: [10] },
    );

    expect(log.sockets).toBe(2);
    // the tenth was flushed twice and spoken once: after 19 that were spoken 20 are spent
    expect(log.spoken.map(({ at }) => at >= 64_000).indexOf(true)).toBe(19);
    expect(replies.map(({ ended }) => ended)).toEqual(Array.from({ length: 21 }, () => 'completed'));
    expect(log.breaches).toEqual([]);
  });

  it('keeps count of characters when its socket is replaced', () => {
    const long = (count: number) => ({
      gapMs: 0,
      everyMs: 0,
      sentences: [sentence(`${'word '.repeat(count / 5 - 1)}end. `)],
      fate: { settle: 0 },
    });
    const { log } = play([long(1500), long(500), long(500)], { lostSockets: [2] });

    expect(log.sockets).toBe(2);
    expect(log.spoken.map(({ text }) => text.length)).toEqual([1500, 500, 500]);
    expect(log.spoken[2]!.at).toBeGreaterThanOrEqual(64_000);
  });
});
