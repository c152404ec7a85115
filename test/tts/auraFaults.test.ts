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
/** The `Failure` of the loss, with the id of the lost connection if it was known. */
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
    'sends text without audio again on the next one, after a Failure with the id of the connection',
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
    'sends nothing again that has audio, and continues with the next sentence',
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
    'sends again those sentences of a segment that had not begun, and removes them from its text',
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
    'sends nothing a third time: the reply errors, and the next one is spoken',
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
    'continues a reply on a third socket if it made progress on the second',
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
    'moves a reply without pending text to the next socket',
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
    'reports a loss while no reply was active in the next reply',
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
    'reports every loss while no reply was active in the next reply, in order',
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
    'errors a draft that loses audio, because it can be generated again',
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
    'treats a normal close of the service as a lost connection',
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
    'errors with its replies when a socket is refused for good, even after earlier audio',
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
    'waits for a random time, during which it can be unsubscribed',
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
    'counts retries from 0 again after `Flushed`, and after no other message',
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
    'replaces it after five seconds without pending audio, and sends the text again',
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
    'also replaces one that does not open in this time',
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
    'treats a segment as whole if its audio arrived without `Flushed`',
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
    'measures the silence from the last audio or the last request',
    marbles((m) => {
      const sentences = m.cold('       a 89ms b 9ms |                           ', said);
      const received = '               50ms x 9ms F 124ms z 9ms F               ';
      const expected = '               s 49ms x 9ms 0 29ms u 94ms z 9ms (2|)    ';

      const voice = stage(m, received, { answeredWithinMs: 100 });
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'also limits the wait for answers after a Clear',
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
    'accepts silence while no answer is pending',
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

describe('aura, when a text gets no audio', () => {
  const noAudio = new VoiceError('no-audio', 'The voice returned no audio for a text with words.', { retryable: true });

  it(
    'errors, because later audio would be heard in its place',
    marbles((m) => {
      const sentences = m.cold('       a 99ms b 9ms |                         ', said);
      const received = m.cold('        M 49ms x 9ms F 89ms F                 ', incoming);
      const expected = '               s 49ms x 9ms 0 39ms u 1549ms #          ';

      const voice = stage(m, inTurn(received));
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, noAudio);
    }),
  );

  it(
    'sends nothing for text without words, and adds it to the next segment',
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
    'replaces it after 55 minutes while no reply is active, without a Failure',
    marbles((m) => {
      const received = m.cold('        M              ', incoming);
      const receivedSubs = ['          ^ 3299999ms ! ', '3300s ^ 3299999ms !', '6600s ^ 599999ms !'];

      const voices = aura({}, drawn(received, new Subject())).pipe(map(() => 'v'));
      m.expect(voices, '120m !').toBeObservable('v 3299999ms v 3299999ms v');
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'lets an active reply end first',
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

describe('aura, and its rate limits', () => {
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
