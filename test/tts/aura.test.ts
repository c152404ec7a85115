import { concatMap, defer, EMPTY, map, NEVER, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceError, WireError } from '../../src/errors.ts';
import { aura } from '../../src/tts/aura.ts';
import type { Speak } from '../../operators/events.ts';
import type { Wire } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';
import { drawn, incoming, last, outgoing, said, sampleRateHz, speech, spent, stage } from './drawnAura.ts';

const settled = of(true);
const draft = { settled: NEVER };

/** What comes out for `a` alone (`s x L 0`), `b` alone (`u z 2`), `b` and `c` (`t y 1`). */
const out = {
  s: spent(4),
  x: speech(incoming.x, 'One. '),
  L: speech(incoming.L, 'One. '),
  0: last('One. '),
  u: spent(4),
  z: speech(incoming.z, 'Two. '),
  2: last('Two. '),
  t: spent(10),
  y: speech(incoming.y, 'Two. Three.'),
  1: last('Two. Three.'),
};

describe('aura', () => {
  it(
    'flushes the first sentence at once, and the others together at the end',
    marbles((m) => {
      const sentences = m.cold('a 9ms b 9ms c 9ms |                        ', said);
      const received = '        50ms x 9ms F 39ms y 9ms F                  ';
      const expected = '        s 49ms x 9ms (0t) 36ms y 9ms (1|)          ';
      const sent = '            (aF) 56ms (BF)                             ';

      const voice = stage(m, received);
      m.expect(voice.sent).toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'flushes more when 1.5 s are left to play',
    marbles((m) => {
      const sentences = m.cold('a 99ms b 2899ms |                               ', said);
      const received = '        50ms L 9ms F 539ms z 9ms F                      ';
      const expected = '        s 49ms L 9ms 0 489ms u 49ms z 9ms 2 2389ms |    ';
      const sent = '            (aF) 546ms (bF)                                 ';

      const voice = stage(m, received);
      m.expect(voice.sent).toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'counts playing time from the moment the turn is settled',
    marbles((m) => {
      const sentences = m.cold('a 99ms b 2899ms |                               ', said);
      const settles = m.cold('  900ms s                                         ');
      const received = '        50ms L 9ms F                                    ';
      const expected = '        s 49ms L 9ms 0 1339ms u                         ';
      const sent = '            (aF) 1396ms (bF)                                ';
      const unsubscribe = '     2s !                                            ';

      const voice = stage(m, received);
      m.expect(voice.sent, '2s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled: settles })), unsubscribe).toBeObservable(expected, out);
    }),
  );

  it(
    'flushes only the first sentence of a draft while that is long enough',
    marbles((m) => {
      const sentences = m.cold('a 99ms b         ', said);
      const received = '        50ms L 9ms F     ';
      const expected = '        s 49ms L 9ms 0   ';
      const sent = '            (aF)             ';

      const voice = stage(m, received);
      m.expect(voice.sent).toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak(draft)), '60s !').toBeObservable(expected, out);
    }),
  );

  it(
    'waits for pending audio before it decides on the next flush',
    marbles((m) => {
      const sentences = m.cold('a 9ms b 9ms c            ', said);
      const received = '        50ms x 49ms F 99ms y     ';
      const expected = '        s 49ms x 49ms (0t) 96ms y';
      const sent = '            (aF) 96ms (BF)           ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled })), '1s !').toBeObservable(expected, out);
    }),
  );

  it(
    'emits a voice at once, and keeps its text until the socket is open',
    marbles((m) => {
      const opens = m.cold('    80ms (o|)                ');
      const sentences = m.cold('a 9ms b 9ms c 9ms |      ', said);
      const expected = '        80ms s                   ';
      const sent = '            80ms (AF)                ';

      const voice = stage(m, NEVER, { opens });
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled })), '1s !').toBeObservable(expected, { s: spent(14) });
    }),
  );

  it(
    'adds a sentence without words for the voice to the next one',
    marbles((m) => {
      const sentences = m.cold('e 9ms a 9ms |            ', said);
      const received = '        50ms x 9ms F             ';
      const expected = '        10ms s 39ms x 9ms (0|)   ';
      const sent = '            10ms (aF)                ';

      const voice = stage(m, received);
      m.expect(voice.sent).toBeObservable(sent, outgoing);
      const text = ':-) One. ';
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, {
        s: spent(4),
        x: speech(incoming.x, text),
        0: last(text),
      });
    }),
  );

  it(
    'emits final words that are not for the voice as a segment without audio',
    marbles((m) => {
      const sentences = m.cold('a 9ms e 9ms |            ', said);
      const received = '        50ms x 9ms F             ';
      const expected = '        s 49ms x 9ms (0e|)       ';

      const voice = stage(m, received);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, e: last(':-) ') });
    }),
  );

  it(
    'sends nothing and completes when there are no words for the voice',
    marbles((m) => {
      const sentences = m.cold('e 9ms |  ', said);
      const expected = '        10ms |   ';
      const sent = '            -        ';

      const voice = stage(m);
      m.expect(voice.sent).toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected);
    }),
  );

  it(
    'errors when a text has no audio 1.5 s after its `Flushed`',
    marbles((m) => {
      const sentences = m.cold('a 9ms |      ', said);
      const received = '        50ms F          ';
      const expected = '        s 1549ms #      ';

      const voice = stage(m, received);
      const noAudio = new VoiceError('no-audio', 'The voice returned no audio for a text with words.');
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, noAudio);
    }),
  );

  it(
    'accepts audio that arrives after its `Flushed`',
    marbles((m) => {
      const sentences = m.cold('a 9ms |                              ', said);
      const received = '        50ms F 99ms x 9ms x                  ';
      const expected = '        s 149ms x 9ms x 1499ms (0|)          ';

      const voice = stage(m, received);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'does not end the next segment at a repeated `Flushed`',
    marbles((m) => {
      const sentences = m.cold('a 9ms b 9ms |                        ', said);
      const received = '        50ms x 9ms F 4ms F 44ms z 9ms F      ';
      const expected = '        s 49ms x 9ms (0u) 46ms z 9ms (2|)    ';

      const voice = stage(m, received);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
    }),
  );

  it(
    'joins samples that were cut by frames, and drops half a sample at the end of a segment',
    marbles((m) => {
      const frames = { p: Uint8Array.of(1, 2, 3), q: Uint8Array.of(4), r: Uint8Array.of(5, 6, 7, 8, 9), F: incoming.F };
      const sentences = m.cold('a 9ms b 9ms |                          ', said);
      const received = m.hot('  50ms p 9ms q 9ms r F 9ms r 9ms q 9ms F ', frames);
      const expected = '        s 49ms p 9ms q 9ms r (0u) 6ms b 9ms c 9ms (2|)';

      const voice = stage(m, received);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, {
        ...out,
        p: speech(Uint8Array.of(1, 2), 'One. '),
        q: speech(Uint8Array.of(3, 4), 'One. '),
        r: speech(Uint8Array.of(5, 6, 7, 8), 'One. '),
        b: speech(Uint8Array.of(5, 6, 7, 8), 'Two. '),
        c: speech(Uint8Array.of(9, 4), 'Two. '),
      });
    }),
  );

  it(
    'counts what it spent even if the service answers in the same tick',
    marbles((m) => {
      const sentences = m.cold('a 9ms (b|)       ', said);
      const expected = '        (L0s) 5ms (z2u|) ';

      const sounds = [incoming.L, incoming.z];
      const wire: Wire = concatMap((frame) => (frame === '{"type":"Flush"}' ? of(sounds.shift()!, incoming.F) : EMPTY));
      const voices: Speak[] = [];
      const call = aura({ sampleRateHz }, wire).subscribe((speak) => voices.push(speak));
      m.cold('1s x').subscribe(() => call.unsubscribe());
      m.expect(sentences.pipe(voices[0]!({ settled }))).toBeObservable(expected, out);
    }),
  );
});

describe('aura, when a reply is dropped', () => {
  it(
    'clears pending audio',
    marbles((m) => {
      const sentences = m.cold('a 9ms b           ', said);
      const sentencesSubs = '   ^ 59ms !          ';
      const received = '        50ms x            ';
      const unsubscribe = '     60ms !            ';
      const expected = '        s 49ms x          ';
      const sent = '            (aF) 56ms C       ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak(draft)), unsubscribe).toBeObservable(expected, out);
      m.expect(sentences).toHaveSubscriptions(sentencesSubs);
    }),
  );

  it(
    'sends no Clear when all audio has arrived',
    marbles((m) => {
      const sentences = m.cold('a 9ms b           ', said);
      const received = '        50ms L 9ms F      ';
      const unsubscribe = '     70ms !            ';
      const expected = '        s 49ms L 9ms 0    ';
      const sent = '            (aF)              ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak(draft)), unsubscribe).toBeObservable(expected, out);
    }),
  );

  it(
    'sends nothing at all when the socket was not yet open',
    marbles((m) => {
      const opens = m.cold('    80ms (o|)         ');
      const sentences = m.cold('a                 ', said);
      const unsubscribe = '     60ms !            ';
      const expected = '        -                 ';
      const sent = '            -                 ';

      const voice = stage(m, NEVER, { opens });
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak(draft)), unsubscribe).toBeObservable(expected);
    }),
  );

  it(
    'drops everything until the Clear is confirmed, and sends the next reply meanwhile',
    marbles((m) => {
      const first = m.cold('    a                                                   ', said);
      const second = m.cold('   60ms b 9ms |                                        ', said);
      const received = '        50ms x 19ms y 9ms x F 9ms y 8ms C 9ms z 9ms F         ';
      const unsubscribe = '     60ms !                                              ';
      const one = '             s 49ms x                                            ';
      const two = '             60ms u 49ms z 9ms (2|)                              ';
      const sent = '            (aF) 56ms (CbF)                                     ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), unsubscribe).toBeObservable(one, out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, out);
    }),
  );

  it(
    'does so too when the service sends no `Flushed` for the cleared flush',
    marbles((m) => {
      const first = m.cold('    a                                        ', said);
      const second = m.cold('   60ms b 9ms |                             ', said);
      const received = '        50ms x 19ms y 29ms C 9ms z 9ms F           ';
      const unsubscribe = '     60ms !                                   ';
      const one = '             s 49ms x                                 ';
      const two = '             60ms u 49ms z 9ms (2|)                   ';

      const voice = stage(m, received);
      m.expect(first.pipe(voice.speak(draft)), unsubscribe).toBeObservable(one, out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, out);
    }),
  );

  it(
    'waits for each of two clears',
    marbles((m) => {
      const first = m.cold('    a                                        ', said);
      const second = m.cold('   20ms a                                   ', said);
      const third = m.cold('    40ms b 9ms |                             ', said);
      const received = '        60ms C 9ms x 9ms C 9ms z 9ms F           ';
      const sent = '            (aF) 16ms (CaF) 15ms (CbF)               ';
      const two = '             20ms s                                   ';
      const three = '           40ms u 49ms z 9ms (2|)                   ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), '20ms !').toBeObservable('s', out);
      m.expect(second.pipe(voice.speak(draft)), '40ms !').toBeObservable(two, out);
      m.expect(third.pipe(voice.speak({ settled }))).toBeObservable(three, out);
    }),
  );

  it(
    'keeps another reply waiting until its own audio has arrived, so that a Clear never drops another reply',
    marbles((m) => {
      const first = m.cold('    a                                        ', said);
      const second = m.cold('   20ms b 9ms |                             ', said);
      const received = '        60ms C 9ms z 9ms F                       ';
      const sent = '            (aF) 36ms (CbF)                          ';
      const two = '             40ms u 29ms z 9ms (2|)                   ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), '40ms !').toBeObservable('s', out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, out);
    }),
  );

  it(
    'lets another reply use the socket once all pending audio has arrived, while the first continues',
    marbles((m) => {
      const first = m.cold('    a                                        ', said);
      const second = m.cold('   20ms b 9ms |                             ', said);
      const received = '        50ms x 9ms F 19ms z 9ms F                ';
      const sent = '            (aF) 56ms (bF)                           ';
      const one = '             s 49ms x 9ms 0                           ';
      const two = '             60ms u 19ms z 9ms (2|)                   ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), '1s !').toBeObservable(one, out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, out);
    }),
  );

  it(
    'stops all waits when the call is unsubscribed as well',
    marbles((m) => {
      const sentences = m.cold('a            ', said);
      const leave = m.cold('    20ms (x|)    ');

      const voice = stage(m);
      m.expect(sentences.pipe(voice.speak({ settled })), '20ms !').toBeObservable('s', out);
      leave.subscribe(() => voice.hangUp());
      m.flush();
      expect(m.scheduler.now()).toBe(20);
    }),
  );

  it(
    'errors with an error of its sentences, and clears',
    marbles((m) => {
      const sentences = m.cold('a 29ms #          ', said);
      const expected = '        s 29ms #          ';
      const sent = '            (aF) 26ms C       ';

      const voice = stage(m);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak(draft))).toBeObservable(expected, out);
    }),
  );

  it(
    'errors with an error of `settled`, and unsubscribes from its sentences',
    marbles((m) => {
      const sentences = m.cold('   a             ', said);
      const sentencesSubs = '      ^ 29ms !      ';
      const settles = m.cold('     30ms #        ');
      const expected = '           s 29ms #      ';

      const voice = stage(m);
      m.expect(sentences.pipe(voice.speak({ settled: settles }))).toBeObservable(expected, out);
      m.expect(sentences).toHaveSubscriptions(sentencesSubs);
    }),
  );
});

describe('aura, with unusual messages', () => {
  const refusal = { type: 'Warning', stage: 'speak', code: 'EXCESSIVE_FLUSH', message: 'flush allowance used up' } as const;

  it(
    'flushes again, without the text, when a flush was refused',
    marbles((m) => {
      const sentences = m.cold('a 9ms |                              ', said);
      const received = '        30ms R 3999ms 19ms x 9ms F           ';
      const expected = '        s 29ms w 3999ms 19ms x 9ms (0|)      ';
      const sent = '            (aF) 26ms 4s F                       ';

      const voice = stage(m, received);
      m.expect(voice.sent, '10s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, { ...out, w: refusal });
    }),
  );

  it(
    'sends a reply again on another socket when a refusal may belong to the reply before it',
    marbles((m) => {
      const first = m.cold('    a                                        ', said);
      const second = m.cold('   20ms b 9ms |                             ', said);
      const sockets = [m.cold(' 30ms R 9ms C 9ms z 9ms F', incoming), m.cold('20ms z 9ms F', incoming)];
      const sent = '            (aF) 16ms (CbF) 5ms (bF)                 ';
      const two = '             20ms u 9ms (fuw) 15ms z 9ms (2|)         ';

      let opened = 0;
      const voice = stage(
        m,
        defer(() => sockets[opened++]!),
      );
      const message = 'The voice refused one of several flushes without naming it.';
      const f = { type: 'Failure', stage: 'speak', code: 'lost-track', message, recovered: true } as const;
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), '20ms !').toBeObservable('s', out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, { ...out, f, w: refusal });
    }),
  );

  it(
    'clears text whose flush was refused',
    marbles((m) => {
      const sentences = m.cold('a                     ', said);
      const received = '        30ms R                ';
      const unsubscribe = '     60ms !                ';
      const expected = '        s 29ms w              ';
      const sent = '            (aF) 56ms C           ';

      const voice = stage(m, received);
      m.expect(voice.sent, '1s !').toBeObservable(sent, outgoing);
      m.expect(sentences.pipe(voice.speak({ settled })), unsubscribe).toBeObservable(expected, { ...out, w: refusal });
    }),
  );

  it(
    'reports a warning, in either spelling',
    marbles((m) => {
      const sentences = m.cold('a               ', said);
      const received = m.hot('  10ms v 9ms w    ', {
        v: '{"type":"Warning","code":"V","description":"said so"}',
        w: '{"type":"Warning","warn_code":"W","warn_msg":"said otherwise"}',
      });
      const expected = '        s 9ms v 9ms w   ';

      const voice = stage(m, received);
      m.expect(sentences.pipe(voice.speak({ settled })), '1s !').toBeObservable(expected, {
        s: spent(4),
        v: { type: 'Warning', stage: 'speak', code: 'V', message: 'said so' },
        w: { type: 'Warning', stage: 'speak', code: 'W', message: 'said otherwise' },
      });
    }),
  );

  it(
    'ignores unknown messages, and calls `onUnknown`',
    marbles((m) => {
      const odd = { n: '{"type":"New","a":1}', j: '{oops', l: '[1]', b: Uint8Array.of(1, 2) };
      const sentences = m.cold('       50ms a                         ', said);
      const received = m.hot('  n 9ms j 9ms l 9ms b 29ms x 9ms F ', { ...incoming, ...odd });
      const expected = '        50ms s 9ms x 9ms 0               ';

      const unknown: unknown[] = [];
      const voice = stage(m, received, { onUnknown: (message) => unknown.push(message) });
      m.expect(sentences.pipe(voice.speak({ settled })), '1s !').toBeObservable(expected, out);
      m.flush();
      expect(unknown).toEqual([{ type: 'New', a: 1 }, '{oops', [1]]);
    }),
  );

  it(
    'errors with an error of `onUnknown`, and closes',
    marbles((m) => {
      const received = m.cold('  10ms n   ', { n: '{"type":"New"}' });
      const receivedSubs = '     ^ 9ms !  ';
      const expected = '         s 9ms #  ';

      const onUnknown = () => {
        throw new Error('no');
      };
      const voices = aura({ onUnknown }, drawn(received, new Subject())).pipe(map(() => 's'));
      m.expect(voices).toBeObservable(expected, undefined, new Error('no'));
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );
});

describe('aura, and its sockets', () => {
  const lost = new WireError('closed', 'lost', { retryable: true, closeCode: 1006 });

  it(
    'opens one socket, and closes it when it is unsubscribed',
    marbles((m) => {
      const received = m.cold('  -             ');
      const receivedSubs = '     ^ 99ms !      ';
      const expected = '         s             ';
      const unsubscribe = '      100ms !       ';

      const voices = aura({}, drawn(received, new Subject())).pipe(map(() => 's'));
      m.expect(voices, unsubscribe).toBeObservable(expected);
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'completes an active reply when it is unsubscribed, and unsubscribes from its sentences',
    marbles((m) => {
      const sentences = m.cold('a 9ms b         ', said);
      const sentencesSubs = '   ^ 49ms !        ';
      const leave = m.cold('    50ms x          ');
      const expected = '        s 49ms |        ';

      const voice = stage(m);
      leave.subscribe(() => voice.hangUp());
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out);
      m.expect(sentences).toHaveSubscriptions(sentencesSubs);
    }),
  );

  it(
    'errors every reply after it was unsubscribed',
    marbles((m) => {
      const sentences = m.cold('a               ', said);
      const expected = '        #               ';

      const voice = stage(m);
      voice.hangUp();
      const over = new WireError('closed', 'The voice is closed: the call is over.');
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, over);
      m.expect(sentences).toHaveSubscriptions([]);
    }),
  );

  it(
    'emits a new voice for each socket',
    marbles((m) => {
      const received = m.cold(' M 9ms x 9ms #             ', incoming, lost);
      const receivedSubs = [
        '                       ^ 19ms !                  ',
        '                       20ms ^ 9ms !              ',
      ];
      const voices = '          v 19ms v                  ';

      const voice = stage(m, received, { callMs: 30 });
      m.expect(voice.voices.pipe(map(() => 'v')), '30ms !').toBeObservable(voices);
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'opens another socket at once, then after up to 250, 500, 1000 … ms, at most six times in a row',
    marbles((m) => {
      const received = m.cold(' 10ms #                                                                    ', incoming, lost);
      const receivedSubs = [
        '                       ^ 9ms !                                                                    ',
        '                       10ms ^ 9ms !                                                               ',
        '                       270ms ^ 9ms !                                                              ',
        '                       780ms ^ 9ms !                                                              ',
        '                       1790ms ^ 9ms !                                                             ',
        '                       3800ms ^ 9ms !                                                             ',
        '                       7810ms ^ 9ms !                                                             ',
      ];
      const expected = '         v 9ms v 259ms v 509ms v 1009ms v 2009ms v 4009ms v 9ms #                   ';

      const voices = aura({ random: () => 1 }, drawn(received, new Subject())).pipe(map(() => 'v'));
      m.expect(voices).toBeObservable(expected, undefined, lost);
      m.expect(received).toHaveSubscriptions(receivedSubs);
    }),
  );

  it(
    'counts retries from 0 again after a socket that sent audio',
    marbles((m) => {
      const received = m.cold(' x 9ms #                   ', incoming, lost);
      const expected = '         v 9ms v 9ms v 9ms v 9ms v ';
      const unsubscribe = '      45ms !                    ';

      const voices = aura({}, drawn(received, new Subject())).pipe(map(() => 'v'));
      m.expect(voices, unsubscribe).toBeObservable(expected);
    }),
  );

  it(
    'errors at once when a socket is refused for good',
    marbles((m) => {
      const refused = new WireError('unauthorized', 'Deepgram refused the key (401).', { status: 401 });
      const received = m.cold(' 10ms #       ', incoming, refused);
      const sentences = m.cold('a            ', said);
      const voices = '          v 9ms #      ';
      const expected = '        s 9ms #      ';

      const voice = stage(m, received);
      m.expect(voice.voices.pipe(map(() => 'v'))).toBeObservable(voices, undefined, refused);
      m.expect(sentences.pipe(voice.speak({ settled }))).toBeObservable(expected, out, refused);
    }),
  );

  it(
    'sends a reply again on another socket when a Clear is not confirmed in time',
    marbles((m) => {
      const first = m.cold('    a                                            ', said);
      const second = m.cold('   50ms b 1s c 999ms |                          ', said);
      const unsubscribe = '     40ms !                                       ';
      const sockets = [m.cold(' 30ms x 19ms y                                ', incoming), m.cold('50ms y 9ms F', incoming)];
      const firstSubs = '       ^ 1539ms !                                   ';
      const one = '             s 29ms x                                     ';
      const two = '             50ms u 1489ms (ft) 46ms y 9ms 1 450ms |      ';
      const sent = '            (aF) 36ms C 9ms (bF) 1486ms (BF)             ';

      const received = defer(() => sockets[opened++]!);
      let opened = 0;
      const voice = stage(m, received);
      const message = 'The voice did not confirm a Clear within 1500 ms.';
      const f = { type: 'Failure', stage: 'speak', code: 'lost-track', message, recovered: true } as const;
      m.expect(voice.sent, '3s !').toBeObservable(sent, outgoing);
      m.expect(first.pipe(voice.speak(draft)), unsubscribe).toBeObservable(one, out);
      m.expect(second.pipe(voice.speak({ settled }))).toBeObservable(two, { ...out, f });
      m.expect(sockets[0]!).toHaveSubscriptions(firstSubs);
    }),
  );

  it('reports a missing key when it has neither key nor wire', () => {
    const seen: unknown[] = [];
    aura().subscribe({ next: (speak) => seen.push(typeof speak), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([
      'function',
      new WireError('unauthorized', 'aura() has no key: set the option apiKey (for the command: DEEPGRAM_API_KEY).'),
    ]);
  });
});
