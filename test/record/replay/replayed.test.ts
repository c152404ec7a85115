import { asyncScheduler, map, Observable, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../../src/record/file/lines.ts';
import { ActionQueue } from '../../../src/record/replay/actionQueue.ts';
import { replayedAura } from '../../../src/record/replay/replayedAura.ts';
import { replayedFlux } from '../../../src/record/replay/replayedFlux.ts';
import { replayedThink } from '../../../src/record/replay/replayedThink.ts';
import { recordedChance } from '../../../src/record/replay/recordedChance.ts';
import { ReplayScheduler } from '../../../src/record/replay/replayScheduler.ts';
import type { Frame } from '../../../src/wire/wire.ts';
import { marbles } from '../../withMarbles.ts';

const goodbye = '{"type":"CloseStream"}';
const flush = '{"type":"Flush"}';
const clear = '{"type":"Clear"}';
const speak = '{"type":"Speak","text":"Hi. "}';
const sent = { g: goodbye, a: new Uint8Array(2), s: speak, f: flush, c: clear };
/** A frame as a letter: sound, Flushed, Cleared, or the text itself. */
const letter = map((frame: Frame) => {
  if (typeof frame !== 'string') return 'x';
  return frame.includes('Flushed') ? 'F' : frame.includes('Cleared') ? 'C' : frame;
});

describe('replayedFlux', () => {
  const lines: Line[] = [
    { at: 0, dial: 'listen:0' },
    { at: 2, open: 'listen:0' },
    { at: 3, got: 'listen:0', text: 'p' },
    { at: 5, sent: 'listen:0', bytes: 2 },
    { at: 5, got: 'listen:0', text: 'q' },
    { at: 8, sent: 'listen:0', text: goodbye },
    { at: 9, got: 'listen:0', text: 'r' },
    { at: 11, close: 'listen:0' },
  ];
  const replayed = (frames: Observable<Frame>) => frames.pipe(replayedFlux(lines, new ReplayScheduler()));

  it(
    'sends at the recorded times, and after our CloseStream at the recorded distance from it',
    marbles((m) => {
      const frames = m.cold('  ---a---g------', sent); // it stands at 2
      const frameSubs = '     --^---------!  ';
      const expected = '      ---p-q----r-|  ';

      m.expect(replayed(frames)).toBeObservable(expected);
      m.expect(frames).toHaveSubscriptions(frameSubs);
    }),
  );

  it(
    'holds an answer back until its frame is sent, for 50 ms at most',
    marbles((m) => {
      const frames = m.cold('-----------a---', sent); // at 13 instead of 5
      const expected = '     ---p---------q ';

      m.expect(replayed(frames), '^--------------!').toBeObservable(expected);
      m.expect(replayed(m.cold('-')), '^ 90ms !').toBeObservable('---p 51ms q');
      m.expect(replayed(m.cold('-a', sent)), '^------!').toBeObservable('---p-q'); // sent at 3, and answered at the recorded time
    }),
  );

  it(
    'never opens a connection that the recording does not have',
    marbles((m) => {
      const wire = replayedFlux([], new ReplayScheduler());
      const frames = m.cold('a', sent);

      m.expect(frames.pipe(wire), '-----!').toBeObservable('-');
      m.expect(frames).toHaveSubscriptions([]);
    }),
  );
});

describe('replayedAura', () => {
  const whole: Line[] = [
    { at: 0, dial: 'speak:0' },
    { at: 0, open: 'speak:0' },
    { at: 2, sent: 'speak:0', text: speak },
    { at: 2, sent: 'speak:0', text: flush },
    { at: 4, got: 'speak:0', bytes: 2 },
    { at: 6, got: 'speak:0', bytes: 2 },
    { at: 8, got: 'speak:0', text: '{"type":"Flushed"}' },
    { at: 20, close: 'speak:0', left: true },
  ];
  const guesses: string[] = [];
  const said = (lines: readonly Line[], frames: Observable<Frame>) =>
    frames.pipe(
      replayedAura(lines, 16_000, new ReplayScheduler(), (what) => guesses.push(what)),
      letter,
    );

  it(
    'answers a text like the recorded one, after the same time',
    marbles((m) => {
      const frames = m.cold('-----(sf)------', sent);
      const expected = '     -------x-x-F---';

      m.expect(said(whole, frames), '^--------------!').toBeObservable(expected);
    }),
  );

  it(
    'drops at a Clear the audio that has not come, also at a Clear that was not recorded',
    marbles((m) => {
      const frames = m.cold('--sf--c--------', sent);
      const expected = '     -----xC--------';

      m.expect(said(whole, frames), '^--------------!').toBeObservable(expected);
    }),
  );

  it(
    'makes up audio that was cut off, no earlier than it would have been recorded',
    marbles((m) => {
      const cut: Line[] = [
        ...whole.slice(0, 4),
        { at: 100, sent: 'speak:0', text: clear },
        { at: 100, got: 'speak:0', text: '{"type":"Cleared"}' },
      ];
      const frames = m.cold('--(sf)', sent);
      // 4 characters, 60 ms each, in three pieces, 10 ms from one to the next: from 2 + 98 + 60 ms on; firstAudio would be at 122
      m.expect(said(cut, frames), '^ 300ms !').toBeObservable('160ms x 9ms x 9ms x 9ms F');
      m.flush();
      expect(guesses).toStrictEqual(['the rest of a text that was cut off']);
    }),
  );
});

describe('replayedThink', () => {
  const user = { role: 'user', content: 'Hi.' } as const;
  const lines: Line[] = [
    { at: 10, request: 0, messages: [user] },
    { at: 13, token: 0, text: 'a' },
    { at: 15, end: 0, left: true },
    { at: 20, request: 1, since: 1, messages: [] },
    { at: 22, token: 1, text: 'a' },
    { at: 24, token: 1, text: 'b' },
    { at: 24, end: 1 },
  ];
  const text = map((thought: { readonly type: string }) => ('text' in thought ? (thought.text as string) : thought.type));

  it(
    'answers as recorded, and completes an aborted answer with that of another request',
    marbles((m) => {
      const guesses = new Set<string>();
      const think = replayedThink(lines, new ReplayScheduler(), (what) => guesses.add(what));

      m.expect(think([user]).pipe(text)).toBeObservable('---a 61ms (b|)'); // 5 + 60 ms after the request
      m.expect(think([user]).pipe(text)).toBeObservable('--a-(b|)');
      m.expect(think([user]).pipe(text)).toBeObservable('---a-(b|)'); // 2 ms from one token to the next
      m.flush();
      expect([...guesses].toSorted()).toStrictEqual([
        'the answer to a request that was never made',
        'the rest of an aborted answer',
      ]);
    }),
  );
});

describe('a service that was asked late by a busy machine', () => {
  it(
    'answers at the recorded time, if the machine may have been that late',
    marbles((m) => {
      const user = { role: 'user', content: 'Hi.' } as const;
      const lines: Line[] = [
        { at: 10, request: 0, messages: [user] },
        { at: 13, token: 0, text: 'a' },
        { at: 13, end: 0 },
      ];
      const text = map((thought: { readonly type: string }) => ('text' in thought ? (thought.text as string) : ''));
      const asked = (lagMs: number) => {
        const think = replayedThink(lines, new ReplayScheduler(lines, { lagMs }), () => undefined);
        return timer(5).pipe(switchMap(() => think([user]).pipe(text)));
      };

      m.expect(asked(5)).toBeObservable('-------------(a|)'); // at 13, and not 5 + 3
      m.expect(asked(4)).toBeObservable('--------(a|)     ');
      m.expect(asked(0)).toBeObservable('--------(a|)     ');
    }),
  );

  it(
    'sends audio at the recorded time too',
    marbles((m) => {
      const lines: Line[] = [
        { at: 0, dial: 'speak:0' },
        { at: 0, open: 'speak:0' },
        { at: 6, sent: 'speak:0', text: speak },
        { at: 6, sent: 'speak:0', text: flush },
        { at: 8, got: 'speak:0', bytes: 2 },
        { at: 9, got: 'speak:0', text: '{"type":"Flushed"}' },
      ];
      const said = (lagMs: number) => {
        const scheduler = new ReplayScheduler(lines, { lagMs });
        return m.cold('---(sf)', sent).pipe(
          replayedAura(lines, 16_000, scheduler, () => undefined),
          letter,
        );
      };

      m.expect(said(3), '^----------!').toBeObservable('--------xF-');
      m.expect(said(2), '^----------!').toBeObservable('-----xF----');
    }),
  );
});

describe('recordedChance', () => {
  it('gives the random numbers of the recorded waits between sockets', () => {
    const chance = recordedChance([
      { at: 0, dial: 'speak:0' },
      { at: 10, close: 'speak:0', left: true },
      { at: 10, dial: 'speak:1' },
      { at: 20, close: 'speak:1', left: true },
      { at: 145, dial: 'speak:2' },
      { at: 150, close: 'speak:2', left: true },
      { at: 275, over: 'call' },
    ]);
    expect([chance(), chance()]).toStrictEqual([0.5, 0.25]); // 125 of 250 ms, 125 of 500
  });
});

describe('ActionQueue', () => {
  it(
    'keeps the place of its next action among other timers when actions are added',
    marbles((m) => {
      const order: string[] = [];
      const scheduler = new ReplayScheduler();
      const played = new Observable<string>((out) => {
        const queue = new ActionQueue(scheduler, out);
        const action = (due: number, what: string) => ({ due, place: due, run: () => void order.push(what) });
        queue.add([action(5, 'first')]);
        const other = timer(2).pipe(switchMap(() => timer(3)));
        out.add(other.subscribe(() => void order.push('other')));
        out.add(asyncScheduler.schedule(() => queue.add([action(9, 'second')]), 3));
      });

      m.expect(played, '^-----------!').toBeObservable('-');
      m.flush();
      expect(order).toStrictEqual(['first', 'other', 'second']);
    }),
  );
});
