import { filter, map, merge, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import { flux } from '../../src/flux/flux.ts';
import type { Frame } from '../../src/wire/wire.ts';
import { marbles } from '../withMarbles.ts';
import { drawn, format, inputs, messages, out, sentAs } from './scriptedFlux.ts';

describe('flux, when the audio ends,', () => {
  it(
    'sends 80 ms at a time, and the rest at the end',
    marbles((m) => {
      const audio = m.hot('  ---b---|', inputs);
      const says = m.cold('  -C---------|', messages);
      const sent = '         ---a---(hX)|';
      const expected = '     -C---------|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'closes when Flux has transcribed all audio that was sent',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----------u--|', messages);
      const sent = '         ---aaaaaa---X--|';
      const expected = '     -C----------u--|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'ends an open turn, and closes after its end',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-------m--|', messages);
      const sent = '         ---aaaaaaF----X--|';
      const expected = '     -C----s-------m--|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'sends no ForceEndTurn when the turn ends in time',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----b--------d--|', messages);
      const sent = '         ---aaaaaa------X--|';
      const expected = '     -C----b--------d--|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'does not end a turn that has already ended',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C--b---d-----|', messages);
      const sent = '         ---aaaaaaX----|';
      const expected = '     -C--b---d-----|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'does not report that our ForceEndTurn came too late',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-----d-W-|', messages);
      const sent = '         ---aaaaaaF--X---|';
      const expected = '     -C----s-----d---|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'treats the warning that no turn was open as its end',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-----W-|', messages);
      const sent = '         ---aaaaaaF--X-|';
      const expected = '     -C----s-------|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'reports a second such warning',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-----W-W-|', messages);
      const sent = '         ---aaaaaaF--X---|';
      const expected = '     -C----s-------W-|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'does not wait for a Flux that sends nothing for a second',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----b-- 1s ---m-|', messages);
      const sent = '         ---aaaaaa 1s F--X-|';
      const expected = '     -C----b-- 1s ---m-|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'waits longer for a Flux that is slow but not silent',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C------- 600ms b 600ms u-m-|', messages);
      const sent = '         ---aaaaaa 600ms - 600ms F-X-|';
      const expected = '     -C------- 600ms b 600ms u-m-|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'closes even if the end of the turn does not arrive within 5 s',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-- 5s --|', messages);
      const sent = '         ---aaaaaaF 4999ms X-|';
      const expected = '     -C----s-- 5s --|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'closes when Flux does not close within 5 s',
    marbles((m) => {
      const audio = m.hot('  ---a|', inputs);
      const says = m.cold('  -C-------------', messages);
      const sent = '         ---aX 4999ms |';
      const expected = '     -C--- 4999ms |';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'opens a turn at an Update with words, as Flux sometimes does',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----v-----m-|', messages);
      const sent = '         ---aaaaaaF--X-|';
      const expected = '     -C----v-----m-|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'opens no turn at a late message of an ended one',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C--b--dv-----|', messages);
      const sent = '         ---aaaaaaX----|';
      const expected = '     -C--b--dv-----|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );

  it(
    'emits the end of the turn before it acts on it, because a wire may answer at once',
    marbles((m) => {
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-------m---', messages);
      const expected = '     -C----s-------(m#)';

      const lost = new Error('the connection broke at CloseStream');
      const broken = (frames: Observable<Frame>) =>
        frames.pipe(
          filter((frame) => frame === '{"type":"CloseStream"}'),
          map(() => {
            throw lost;
          }),
        );
      m.expect(audio.pipe(flux(format, (frames) => merge(says, broken(frames))))).toBeObservable(expected, out, lost);
    }),
  );

  it(
    'survives an old Flux that fails at ForceEndTurn',
    marbles((m) => {
      const o = {
        type: 'Warning',
        stage: 'listen',
        code: 'UNPARSABLE_CLIENT_MESSAGE',
        message: 'This version of Flux does not know ForceEndTurn: the last turn gets no EndOfTurn.',
      } as const;
      const audio = m.hot('  ---aaaaaa|', inputs);
      const says = m.cold('  -C----s-----O-|', messages);
      const sent = '         ---aaaaaaF--X-|';
      const expected = '     -C----s-----o-|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, { ...out, o });
    }),
  );

  it(
    'closes properly after Connected even if the audio had ended before',
    marbles((m) => {
      const audio = m.hot('  a|', inputs);
      const says = m.cold('  -----C----|', messages);
      const sent = '         -----(aX)-|';
      const expected = '     -----C----|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(sent, sentAs);
      m.expect(audio.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );
});
