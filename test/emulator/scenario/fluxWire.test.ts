import { concat, map, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fluxWire, type Scenario } from '../../../src/emulator/scenario/index.ts';
import type { Frame } from '../../../src/wire/wire.ts';
import { marbles } from '../../withMarbles.ts';
import { turnRow, type Json } from '../server/client.ts';

/** A frame as a letter or two: the event of a turn, else the type of the message. */
const names: Readonly<Record<string, string>> = {
  Connected: 'C',
  StartOfTurn: 's',
  Update: 'u',
  EagerEndOfTurn: 'e',
  TurnResumed: 'r',
  EndOfTurn: 'E',
  Warning: 'w',
  Error: 'x',
  ConfigureSuccess: 'k',
  ConfigureFailure: 'f',
};
const letter = (frame: Frame): string => {
  const message = parsed(frame);
  return names[String(message['event'] ?? message['type'])] ?? '?';
};
const parsed = (frame: Frame) => JSON.parse(String(frame)) as Json;
const frames = {
  a: new Uint8Array(2560),
  F: '{"type":"ForceEndTurn"}',
  X: '{"type":"CloseStream"}',
  k: '{"type":"Configure","thresholds":{"eot_threshold":0.8}}',
  z: '{"type":"KeepAlive"}',
};
const turn: Scenario = { flux: [turnRow(4, 'StartOfTurn', 'book'), turnRow(9, 'EndOfTurn', 'book a table')] };
const lost = { name: 'WireError', message: 'The service closed the connection (1006).' };
const closed = { name: 'WireError', message: 'The service closed the connection (1005).' };

describe('fluxWire', () => {
  it(
    'sends Connected, then each row at its time, and stays open',
    marbles((m) => {
      const input = m.hot(' -a--a----a----');
      const subs = '        ^--------------';
      const expected = '    C---s----E-----';

      m.expect(
        input.pipe(
          map(() => frames.a),
          fluxWire(turn),
          map(letter),
        ),
      ).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'stays open without rows, and after its source completes',
    marbles((m) => {
      const input = m.hot(' --|  ', frames);
      const expected = '    C----';

      m.expect(input.pipe(fluxWire({}), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'sends rows with the same time in their order',
    marbles((m) => {
      const flux = [turnRow(4, 'StartOfTurn', 'book'), turnRow(4, 'Update', 'book a'), turnRow(4, 'EndOfTurn', 'book a table')];
      const expected = ' C---(suE)';

      m.expect(NEVER.pipe(fluxWire({ flux }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'completes at CloseStream, even with rows left',
    marbles((m) => {
      const input = m.hot(' ------X---', frames);
      const subs = '        ^-----!   ';
      const expected = '    C---s-|   ';

      m.expect(input.pipe(fluxWire(turn), map(letter))).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'ends the open turn at ForceEndTurn, and warns when none is open',
    marbles((m) => {
      const input = m.hot(' -F---F-F--', frames);
      const expected = '    Cw--sE-w-E';

      m.expect(input.pipe(fluxWire(turn), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'ends a forced turn with its last text and trigger manual',
    marbles((m) => {
      const said: Json[] = [];
      concat(m.cold('-----F|', frames), NEVER)
        .pipe(fluxWire(turn))
        .subscribe((frame) => said.push(parsed(frame)));
      m.flush();
      expect(said[2]).toMatchObject({
        event: 'EndOfTurn',
        turn_index: 0,
        transcript: 'book',
        trigger: 'manual',
        audio_window_end: 0.005,
      });
    }),
  );

  it(
    'errors with closed 1006 at a drop, and continues with the rows on a later connection',
    marbles((m) => {
      const flux = [
        turnRow(2, 'StartOfTurn', 'book'),
        { at: 4, drop: true } as const,
        turnRow(8, 'StartOfTurn', 'book'),
        turnRow(9, 'EndOfTurn', 'book a table'),
      ];
      const wire = fluxWire({ flux, reconnectMs: 3 });
      const input = m.hot('  ------------', frames);
      const firstSubs = '    ^---!        ';
      const secondSubs = '   -------^----!';
      const first = '        C-s-#       ';
      const second = '       -------CsE--';

      m.expect(input.pipe(wire, map(letter))).toBeObservable(first, undefined, lost);
      m.expect(input.pipe(wire, map(letter)), '-----^------!').toBeObservable(second);
      m.expect(input).toHaveSubscriptions([firstSubs, secondSubs]);
    }),
  );

  it(
    'sends overdue rows when the next connection comes late',
    marbles((m) => {
      const flux = [{ at: 1, drop: true } as const, turnRow(5, 'StartOfTurn', 'book'), turnRow(11, 'EndOfTurn', 'book a table')];
      const wire = fluxWire({ flux, reconnectMs: 3 });
      m.expect(NEVER.pipe(wire, map(letter))).toBeObservable('                C#', undefined, lost);
      m.expect(NEVER.pipe(wire, map(letter)), '-------^--').toBeObservable('-------(Cs)E');
    }),
  );

  it(
    'starts at the first row again without a drop before',
    marbles((m) => {
      const wire = fluxWire(turn);
      m.expect(NEVER.pipe(wire, map(letter)), '^-----!     ').toBeObservable('C---s-----------');
      m.expect(NEVER.pipe(wire, map(letter)), '------^-----').toBeObservable('------C---s----E');
    }),
  );

  it(
    'keeps its place after a connection that was unsubscribed before it connected',
    marbles((m) => {
      const flux = [{ at: 1, drop: true } as const, turnRow(6, 'StartOfTurn', 'book')];
      const wire = fluxWire({ flux, reconnectMs: 3 });
      m.expect(NEVER.pipe(wire, map(letter))).toBeObservable('          C#      ', undefined, lost);
      m.expect(NEVER.pipe(wire, map(letter)), '--^!').toBeObservable('  --------');
      m.expect(NEVER.pipe(wire, map(letter)), '---^').toBeObservable('  ----C-s-');
    }),
  );

  it(
    'sends Error and errors with closed 1005 at an error row',
    marbles((m) => {
      const flux = [turnRow(2, 'StartOfTurn', 'book'), { at: 4, error: { code: 'INTERNAL_SERVER_ERROR' } }];
      const expected = ' C-s-(x#)';

      m.expect(NEVER.pipe(fluxWire({ flux }), map(letter))).toBeObservable(expected, undefined, closed);
    }),
  );

  it(
    'answers Configure, and an unknown message with Error and a close',
    marbles((m) => {
      const input = m.hot(' --k-z----', frames);
      const subs = '        ^---!    ';
      const expected = '    C-k-(x#)';

      m.expect(input.pipe(fluxWire({}), map(letter))).toBeObservable(expected, undefined, closed);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'errors with an error of its source',
    marbles((m) => {
      const input = m.hot(' ---#  ', frames);
      const expected = '    C--#  ';

      m.expect(input.pipe(fluxWire(turn), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'stops when it is unsubscribed, before it connects too',
    marbles((m) => {
      const input = m.hot(' ----------', frames);
      const unsub = '       -----!    ';
      const subs = '        ^----!    ';
      const expected = '    C---s-----';

      m.expect(input.pipe(fluxWire(turn), map(letter)), unsub).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'marks a lost connection as retryable',
    marbles((m) => {
      const flux = [{ at: 1, drop: true } as const];
      const errors: unknown[] = [];
      NEVER.pipe(fluxWire({ flux })).subscribe({ error: (error: unknown) => errors.push(error) });
      m.flush();
      expect(errors).toMatchObject([{ code: 'closed', closeCode: 1006, retryable: true }]);
    }),
  );

  it(
    'numbers messages from 0 with one id per connection, the same in every run',
    marbles((m) => {
      const said: Json[] = [];
      NEVER.pipe(fluxWire(turn)).subscribe((frame) => said.push(parsed(frame)));
      m.flush();
      expect(said.map(({ sequence_id, request_id }) => [sequence_id, request_id])).toStrictEqual([
        [0, '00000000-0000-4000-8000-000000000000'],
        [1, '00000000-0000-4000-8000-000000000000'],
        [2, '00000000-0000-4000-8000-000000000000'],
      ]);
    }),
  );

  it(
    'has few timers, however long the scenario',
    marbles((m) => {
      const flux = Array.from({ length: 1000 }, (_, k) => turnRow(k, 'Update', ''));
      let most = 0;
      NEVER.pipe(fluxWire({ flux })).subscribe(() => (most = Math.max(most, m.scheduler.actions.length)));
      m.flush();
      expect(most).toBeLessThanOrEqual(2);
    }),
  );
});
