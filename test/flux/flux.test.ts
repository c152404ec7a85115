import { Subject } from 'rxjs';
import { describe, it } from 'vitest';
import { AudioError, SluiceError, WireError } from '../../src/errors.ts';
import { flux } from '../../src/flux/flux.ts';
import type { Frame } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';
import { audioOf, drawn, failure, format, inputs, messages, out, sentAs, errorAsValue } from './scriptedFlux.ts';

describe('flux', () => {
  it(
    'converts messages of Flux to events',
    marbles((m) => {
      const audio = m.hot('  a---------------------', inputs);
      const says = m.cold('  --C-u-s-v-e-r-w-f-E-U-', messages);
      const sub = '          ^--------------------!';
      const expected = '     --C-u-s-v-e-r-w-f-E-U-';

      m.expect(audio.pipe(flux({}, drawn(says).wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'connects at the first chunk, and closes when it is unsubscribed',
    marbles((m) => {
      const audio = m.hot('  ---a---a---a---', inputs);
      const sub = '          ^--------!     ';
      const says = m.cold('     -C-----     ', messages);
      const saysSub = '      ---^-----!     ';
      const sent = '         ----a--a-|     ';
      const expected = '     ----C-----     ';
      const service = drawn(says);

      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux({}, service.wire)), sub).toBeObservable(expected, out);
      m.expect(says).toHaveSubscriptions(saysSub);
      m.expect(audio).toHaveSubscriptions(sub);
    }),
  );

  it(
    'connects at once when the format is known',
    marbles((m) => {
      const audio = m.hot('  --------', inputs);
      const sub = '          ^---!   ';
      const says = m.cold('  -C------', messages);
      const expected = '     -C--    ';

      m.expect(audio.pipe(flux(format, drawn(says).wire)), sub).toBeObservable(expected, out);
      m.expect(says).toHaveSubscriptions(sub);
    }),
  );

  it(
    'opens no connection when there is no audio',
    marbles((m) => {
      const audio = m.hot('  ---|', inputs);
      const says = m.cold('  -C--', messages);
      const expected = '     ---|';

      m.expect(audio.pipe(flux({}, drawn(says).wire))).toBeObservable(expected);
      m.expect(says).toHaveSubscriptions([]);
    }),
  );

  it(
    'is not called when there is no audio',
    marbles((m) => {
      const audio = m.hot('  ------', inputs);
      const says = m.cold('  -C----', messages);
      const expected = '     ------';

      m.expect(audio.pipe(flux({}, drawn(says).wire))).toBeObservable(expected);
      m.expect(says).toHaveSubscriptions([]);
    }),
  );

  it(
    'buffers the input before Connected, then sends it in order at eight times real time',
    marbles((m) => {
      const audio = m.hot('  aFaa---------------------------', inputs);
      const says = m.cold('  -----C-------------------------', messages);
      const sub = '          ^------------------------------!';
      const sent = '         -----a 9ms (Fa) 6ms a-----|';
      const expected = '     -----C-------------------------';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'sends live audio after a backlog',
    marbles((m) => {
      const audio = m.hot('  aa-----a-----------------------', inputs);
      const says = m.cold('  -----C-------------------------', messages);
      const sub = '          ^------------------------------!';
      const sent = '         -----a 9ms a 9ms a-----|';
      const expected = '     -----C-------------------------';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'sends a backlog at the speed of `catchUp`',
    marbles((m) => {
      const audio = m.hot('  aa-----a-------------------------', inputs);
      const says = m.cold('  -----C---------------------------', messages);
      const sub = '          ^ 46ms                           !';
      const sent = '         -----a 19ms a 19ms a-|           ';
      const expected = '     -----C---------------------------';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux({ ...format, catchUp: 4 }, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'drops the oldest audio beyond 30 s with one warning, and keeps the audio clock',
    marbles((m) => {
      const audio = m.hot('  L--a-----', { ...inputs, L: audioOf(31_000) });
      const says = m.cold('  -----C--u', messages);
      const sub = '          ^--------!';
      const sent = '         -----a---|';
      const expected = '     D----C--l';

      const dropped = 'More than 30 s of audio were waiting to be sent to Flux: the oldest audio was dropped.';
      const D = { type: 'Warning', stage: 'listen', code: 'audio-dropped', message: dropped } as const;
      // 387 chunks of the long one are 30,960 ms, of which 12 go; the short one makes another whole, and one more goes.
      const l = { ...out.u, audioEndMs: 13 * 80 + 240 };
      const service = drawn(says);

      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, { ...out, D, l });
    }),
  );

  it(
    'replaces a connection on which no Connected arrives within 10 s',
    marbles((m) => {
      const audio = m.hot('  a-a----------', inputs);
      const says = m.cold('  -------------', messages);
      const firstSubs = '    ^ 9999ms !';
      const secondSubs = '   10s ^--!  ';
      const leave = '        10s ---!     ';
      const expected = '     10s f---     ';

      const f = failure('not-connected');
      m.expect(audio.pipe(flux({}, drawn(says).wire)), leave).toBeObservable(expected, { f });
      m.expect(says).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'treats an unexpected normal close as a lost connection',
    marbles((m) => {
      const audio = m.hot('  ---a------', inputs);
      const sub = '          ^-------! ';
      const says = m.cold('  -C-----|', messages);
      const sent = '         ---a---|';
      const expected = '     -C-----f';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, { ...out, f: failure('closed', 'r-1') });
    }),
  );

  it(
    'closes and errors when the audio errors',
    marbles((m) => {
      const audio = m.hot('  ---a--#', inputs);
      const says = m.cold('  -C-------', messages);
      const saysSub = '      ^-----!';
      const expected = '     -C----#';

      m.expect(audio.pipe(flux(format, drawn(says).wire))).toBeObservable(expected, out);
      m.expect(says).toHaveSubscriptions(saysSub);
    }),
  );

  it(
    'errors with the error of the wire and the request id of the session',
    marbles((m) => {
      const audio = m.hot('  a--------', inputs);
      const says = m.cold('  -C---#   ', messages, new WireError('closed', 'gone', { closeCode: 1008 }));
      const expected = '     -C---(x|)';

      const x = { code: 'closed', requestId: 'r-1', retryable: false };
      m.expect(errorAsValue(audio.pipe(flux({}, drawn(says).wire)))).toBeObservable(expected, { ...out, x });
    }),
  );

  it(
    'does not change an error of the wire that already names a request',
    marbles((m) => {
      const audio = m.hot('  a--------', inputs);
      const says = m.cold('  -C---#   ', messages, new WireError('closed', 'gone', { requestId: 'r-0' }));
      const expected = '     -C---(x|)';

      const x = { code: 'closed', requestId: 'r-0', retryable: false };
      m.expect(errorAsValue(audio.pipe(flux({}, drawn(says).wire)))).toBeObservable(expected, { ...out, x });
    }),
  );

  it(
    'closes after a fatal Error, and opens another connection',
    marbles((m) => {
      const audio = m.hot('  a-----------', inputs);
      const says = m.cold('  -C---I---   ', messages);
      const firstSubs = '    ^----!   ';
      const secondSubs = '   -----^--!';
      const leave = '        --------!   ';
      const expected = '     -C---f(CR)  ';

      const f = failure('INTERNAL_SERVER_ERROR', 'r-1');
      const R = { type: 'Reconnected', gapMs: 1, droppedMs: 0 } as const;
      m.expect(audio.pipe(flux({}, drawn(says).wire)), leave).toBeObservable(expected, { ...out, f, R });
      m.expect(says).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'fails with an unreadable message that it did not send at the end',
    marbles((m) => {
      const audio = m.hot('  a--F-----', inputs);
      const says = m.cold('  -C---O---', messages);
      const expected = '     -C---(x|)';

      const x = { code: 'UNPARSABLE_CLIENT_MESSAGE', requestId: 'r-1', retryable: false };
      m.expect(errorAsValue(audio.pipe(flux({}, drawn(says).wire)))).toBeObservable(expected, { ...out, x });
    }),
  );

  it(
    'ignores unknown messages, and calls onUnknown',
    marbles((m) => {
      const audio = m.hot('  a--------', inputs);
      const says = m.cold('  -C-N-s---', messages);
      const sub = '          ^-------!';
      const expected = '     -C---s---';
      const heard = '        ---N-----';

      const unknown = new Subject<Frame>();
      m.expect(unknown).toBeObservable(heard, messages);
      m.expect(audio.pipe(flux({ onUnknown: (frame) => unknown.next(frame) }, drawn(says).wire)), sub).toBeObservable(
        expected,
        out,
      );
    }),
  );

  it(
    'fails when onUnknown throws',
    marbles((m) => {
      const audio = m.hot('  a-------', inputs);
      const says = m.cold('  -C-N----', messages);
      const saysSub = '      ^--!    ';
      const expected = '     -C-#    ';

      const broken = new Error('not mine');
      const onUnknown = () => {
        throw broken;
      };
      m.expect(audio.pipe(flux({ onUnknown }, drawn(says).wire))).toBeObservable(expected, out, broken);
      m.expect(says).toHaveSubscriptions(saysSub);
    }),
  );

  it(
    'sends a ForceEndTurn of the input, and reports that no turn was open',
    marbles((m) => {
      const audio = m.hot('  ---F------', inputs);
      const says = m.cold('  -C---W----', messages);
      const sub = '          ^--------!';
      const sent = '         ---F-----|';
      const expected = '     -C---W----';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'has one Configure in flight',
    marbles((m) => {
      const audio = m.hot('  ---p-q--------', inputs);
      const says = m.cold('  -C-------P--Q-', messages);
      const sub = '          ^------------!';
      const sent = '         ---p-----q---|';
      const expected = '     -C-------P--Q-';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'sends the next Configure when the answer to the last one is lost',
    marbles((m) => {
      const audio = m.hot('  ---p-q---------', inputs);
      const says = m.cold('  -C-------------', messages);
      const sub = '          ^ 5008ms !';
      const sent = '         ---p 4999ms q-----|';
      const expected = '     -C-------------';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'does not wait for the answer to a Configure when the audio ends',
    marbles((m) => {
      const audio = m.hot('  ---p-|', inputs);
      const says = m.cold('  -C------|', messages);
      const sent = '         ---p-X--|';
      const expected = '     -C------|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'refuses options that Flux would refuse, before it connects',
    marbles((m) => {
      const audio = m.hot('  a---', inputs);
      const says = m.cold('  -C--', messages);
      const expected = '     (x|)';

      const x = { code: 'invalid', requestId: undefined, retryable: false };
      m.expect(errorAsValue(audio.pipe(flux({ eotThreshold: 0.4 }, drawn(says).wire)))).toBeObservable(expected, { x });
      m.expect(says).toHaveSubscriptions([]);
      m.expect(audio).toHaveSubscriptions([]);
    }),
  );

  it(
    'reports a missing key when it has no wire',
    marbles((m) => {
      const audio = m.hot('  a---', inputs);
      const expected = '     #   ';

      const what = 'flux() has no key: set the option apiKey (for the command: DEEPGRAM_API_KEY).';
      m.expect(audio.pipe(flux())).toBeObservable(expected, {}, new SluiceError('missing-key', what));
      m.expect(audio).toHaveSubscriptions([]);
    }),
  );

  it(
    'refuses audio whose format differs from the options',
    marbles((m) => {
      const audio = m.hot('  --e--', { e: audioOf(80, 8000) });
      const says = m.cold('  -C---', messages);
      const saysSub = '      ^-!  ';
      const expected = '     -C#  ';

      const what = 'The audio is linear16 at 8000 Hz, but the options of flux() announce linear16 at 16000 Hz.';
      m.expect(audio.pipe(flux(format, drawn(says).wire))).toBeObservable(expected, out, new AudioError('unsupported', what));
      m.expect(says).toHaveSubscriptions(saysSub);
    }),
  );
});
