import type { Context } from 'rxjs-marbles';
import { describe, it } from 'vitest';
import { bargeIn } from '../../../operators/turns/bargeIn.ts';
import type { Say } from '../../../operators/events.ts';
import type { BargeInOutput, Floor, BargeInInput } from '../../../operators/turns/floor.ts';
import { turnEvent, turns } from '../../../src/testing/turns.ts';
import { marbles } from '../../withMarbles.ts';

const say = (turn: string, protect = false): Say => ({ type: 'Say', turn, text: 'Hello.', protect });
const late = (type: 'Update' | 'EndOfTurn', transcript: string, audioEndMs: number) =>
  turnEvent(type, transcript, '0:1', { audioEndMs });

const values: Record<string, BargeInOutput> = {
  ...turns, // turn 0: s u e r E f F; turn 1: S "no", d "no three", D "no three"
  T: { type: 'TurnTaken', turn: '0:0', text: 'book a table' },
  t: { type: 'TurnTaken', turn: '0:1', text: 'no three' },
  V: { type: 'TurnTaken', turn: '0:0', text: 'book a table for two' },
  c: { type: 'Cue', cue: 'cut', turn: '0:1' },
  C: { type: 'Cue', cue: 'cut', turn: 'text:0' },
  z: { type: 'Cue', cue: 'cut' },
  p: { type: 'Cue', cue: 'pause' },
  g: { type: 'Cue', cue: 'resume' },
  i: { type: 'TurnIgnored', turn: '0:1', reason: 'empty' },
  m: { type: 'TurnIgnored', turn: '0:1', reason: 'minWords' },
  b: { type: 'TurnIgnored', turn: '0:1', reason: 'backchannel' },
  o: { type: 'TurnIgnored', turn: '0:1', reason: 'echo' },
  l: { type: 'TurnIgnored', turn: '0:1', reason: 'minDurationMs' },
  a: turnEvent('Update', 'no three', '0:1'),
  n: turnEvent('EndOfTurn', 'no', '0:1'),
  N: turnEvent('StartOfTurn', '', '0:1'),
  q: turnEvent('EagerEndOfTurn', 'no thanks', '0:1'),
  Q: turnEvent('EndOfTurn', 'no thanks', '0:1'),
  k: { type: 'TurnTaken', turn: '0:1', text: 'no thanks' },
  y: { type: 'TurnTaken', turn: '0:1', text: 'no' },
  h: late('Update', 'no three', 500),
  H: late('EndOfTurn', 'no three', 300),
  A: say('say:0'),
  B: say('say:1', true),
  x: turnEvent('EndOfTurn', 'typed', 'text:0', { trigger: 'typed' }),
  X: { type: 'TurnTaken', turn: 'text:0', text: 'typed' },
  w: { type: 'Warning', stage: 'listen', code: 'X', message: 'odd' },
};
const heard = { ...values, Z: { type: 'HangUp' }, O: { type: 'TurnsOver' } } as Record<string, BargeInInput>;

/** Who holds the floor, drawn: n nobody, t thinking, s speaking. */
const held = { n: 'nobody', t: 'thinking', s: 'speaking' } as const;

describe('bargeIn', () => {
  it(
    'passes and takes turns while the agent is silent',
    marbles((m) => {
      const floor = at(m, '   n              ');
      const source = m.hot('  -s-u-e-r-F----|', heard);
      const expected = '      -s-u-e-r-(VF)-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cuts the reply that is heard when the caller starts to talk, before it passes the turn',
    marbles((m) => {
      const floor = at(m, '   s----n       ');
      const source = m.hot('  -S-----D----|', heard);
      const expected = '      -(cS)--(tD)-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'assumes that the agent is always speaking when it has no floor',
    marbles((m) => {
      const source = m.hot('  -S----w-|', heard);
      const expected = '      -(cS)-w-|';

      m.expect(source.pipe(bargeIn())).toBeObservable(expected, values);
    }),
  );

  it(
    'pauses a reply that is not heard yet while it decides, and resumes it when the turn is ignored',
    marbles((m) => {
      const floor = at(m, '   n----t          ');
      const source = m.hot('  -E------S-i----|', heard);
      const expected = '      -(TE)---p-(ig)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cancels a reply that is not heard yet as soon as the turn may cut, and asks for it again when the turn is ignored',
    marbles((m) => {
      const floor = at(m, '   n----t---n         ');
      const source = m.hot('  -E-----S-----i----|', heard);
      const expected = '      -(TE)--(cS)--(iE)-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'asks for a cancelled reply only once',
    marbles((m) => {
      const floor = at(m, '   n----t---n           ');
      const source = m.hot('  -E-----S-----i----i-|', heard);
      const expected = '      -(TE)--(cS)--(iE)-i-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'answers both when the turn that cancelled a reply has words',
    marbles((m) => {
      const floor = at(m, '   n----t---n           ');
      const source = m.hot('  -E-----S-----D----i-|', heard);
      const expected = '      -(TE)--(cS)--(tD)-i-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not ask again for a reply that was heard',
    marbles((m) => {
      const floor = at(m, '   n----s---n      ');
      const source = m.hot('  -E-----S-----i-|', heard);
      const expected = '      -(TE)--(cS)--i-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cancels a reply that is not heard yet for a turn below the minimum, once that ends',
    marbles((m) => {
      const floor = at(m, '   n----t             ');
      const source = m.hot('  -E------S-n-------|', heard);
      const expected = '      -(TE)---p-(cyn)---|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'holds a turn until it has enough words, and then passes it from its start',
    marbles((m) => {
      const floor = at(m, '   s             ');
      const source = m.hot('  -S-a----D----|', heard);
      const expected = '      ---(cS)-(tD)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'ignores a turn that ends with too few words, and cuts at the end of one with enough',
    marbles((m) => {
      const floor = at(m, '   s            ');
      const source = m.hot('  -S-n-S-D----|', heard);
      const expected = '      ---m---(ctD)|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not let a turn cut before it has lasted long enough',
    marbles((m) => {
      const floor = at(m, '   s          ');
      const source = m.hot('  -S-a-h----|', heard);
      const expected = '      -----(cS)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minDurationMs: 400 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'ignores a turn that ends too soon',
    marbles((m) => {
      const floor = at(m, '   s     ');
      const source = m.hot('  -S-H-|', heard);
      const expected = '      ---l-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minDurationMs: 400 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cuts at once at a stop word',
    marbles((m) => {
      const floor = at(m, '   s      ');
      const source = m.hot('  -S----|', heard);
      const expected = '      -(cS)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 5, stopWords: [' NO '] }) }))).toBeObservable(
        expected,
        values,
      );
    }),
  );

  it(
    'neither cuts nor answers a turn of nothing but backchannels',
    marbles((m) => {
      const floor = at(m, '   s     ');
      const source = m.hot('  -S-n-|', heard);
      const expected = '      ---b-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ backchannels: ['no'] }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cuts at the first word that is not a backchannel',
    marbles((m) => {
      const floor = at(m, '   s        ');
      const source = m.hot('  -S-a----|', heard);
      const expected = '      ---(cS)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ backchannels: ['no'] }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not cut before there are words if the policy has backchannels',
    marbles((m) => {
      const floor = at(m, '   s        ');
      const source = m.hot('  -N-a----|', heard);
      const expected = '      ---(cN)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ backchannels: ['no'] }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'takes a turn of backchannels like any other while the agent is silent',
    marbles((m) => {
      const floor = at(m, '   n        ');
      const source = m.hot('  -S-n----|', heard);
      const expected = '      -S-(yn)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ backchannels: ['no'] }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'pauses until the turn is ignored',
    marbles((m) => {
      const floor = at(m, '   s         ');
      const source = m.hot('  -S---n---|', heard);
      const expected = '      -p---(mg)|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2, resumeAfterMs: 9 }) }))).toBeObservable(
        expected,
        values,
      );
    }),
  );

  it(
    'resumes after resumeAfterMs, and may still be cut',
    marbles((m) => {
      const floor = at(m, '   s             ');
      const source = m.hot('  -S------a----|', heard);
      const expected = '      -p---g--(cS)-|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2, resumeAfterMs: 4 }) }))).toBeObservable(
        expected,
        values,
      );
    }),
  );

  it(
    'does not resume speech while the call is closing',
    marbles((m) => {
      const floor = at(m, '   s         ');
      const source = m.hot('  -S---n---|', heard);
      const expected = '      -p---(mz)|';

      m.expect(
        source.pipe(bargeIn({ floor, policy: () => ({ minWords: 2, resumeAfterMs: 9 }), closing: () => true })),
      ).toBeObservable(expected, values);
    }),
  );

  it(
    'never cuts if the policy is false: the turns over the speech are answered afterwards, all at once',
    marbles((m) => {
      const floor = at(m, '   s-------n         ');
      const freed = m.hot('   ---------x        ');
      const source = m.hot('  -s-E-S-D---------|', heard);
      const expected = '      ---------(TtD)---|';

      m.expect(source.pipe(bargeIn({ floor, freed, policy: () => false }))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an open turn when the speech that it may not cut has ended',
    marbles((m) => {
      const floor = at(m, '   s-------n       ');
      const freed = m.hot('   ---------x      ');
      const source = m.hot('  -S-d-----------|', heard);
      const expected = '      ---------(Sd)--|';

      m.expect(source.pipe(bargeIn({ floor, freed, policy: () => false }))).toBeObservable(expected, values);
    }),
  );

  it(
    'drops a held eager end when its turn has resumed since',
    marbles((m) => {
      const floor = at(m, '   s-------n         ');
      const freed = m.hot('   ---------x        ');
      const source = m.hot('  -s-e-r-----------|', heard);
      const expected = '      ---------s-------|';

      m.expect(source.pipe(bargeIn({ floor, freed, policy: () => false }))).toBeObservable(expected, values);
    }),
  );

  it(
    'ignores the echo of the speech',
    marbles((m) => {
      const floor = at(m, '   s     ');
      const source = m.hot('  -S-D-|', heard);
      const expected = '      ---o-|';

      m.expect(source.pipe(bargeIn({ floor, echoGuard: () => true }))).toBeObservable(expected, values);
    }),
  );

  it(
    'ignores an echo that ends after the speech',
    marbles((m) => {
      const floor = at(m, '   s---n       ');
      const freed = m.hot('   -----x     ');
      const source = m.hot('  -S-----D---|', heard);
      const expected = '      -------o---|';

      m.expect(source.pipe(bargeIn({ floor, freed, echoGuard: () => true }))).toBeObservable(expected, values);
    }),
  );

  it(
    'takes a turn that began as an echo and goes on with other words',
    marbles((m) => {
      const floor = at(m, '   s---n            ');
      const freed = m.hot('   -----x           ');
      const source = m.hot('  -S-----q----Q---|', heard);
      const expected = '      -------(Sq)-(kQ)|';

      m.expect(source.pipe(bargeIn({ floor, freed, echoGuard: () => true }))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes a line to say when nobody speaks',
    marbles((m) => {
      const floor = at(m, '   n    ');
      const source = m.hot('  -A--|', heard);
      const expected = '      -A--|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'does not pass a line while a turn or a reply is in progress',
    marbles((m) => {
      const floor = at(m, '   n----t---------n-');
      const freed = m.hot('   ---------------x-');
      const source = m.hot('  -S-A-D-----------|', heard);
      const expected = '      -S---(tD)------A-|';

      m.expect(source.pipe(bargeIn({ floor, freed }))).toBeObservable(expected, values);
    }),
  );

  it(
    'never cuts protected speech',
    marbles((m) => {
      const floor = at(m, '   n-s-------n        ');
      const freed = m.hot('   ------------x      ');
      const source = m.hot('  -B---S--D---------|', heard);
      const expected = '      -B----------(tD)--|';

      m.expect(source.pipe(bargeIn({ floor, freed }))).toBeObservable(expected, values);
    }),
  );

  it(
    'cuts for typed text, whatever the policy',
    marbles((m) => {
      const floor = at(m, '   s      ');
      const source = m.hot('  -x----|', heard);
      const expected = '      -(CXx)|';

      m.expect(source.pipe(bargeIn({ floor, policy: () => ({ minWords: 9 }) }))).toBeObservable(expected, values);
    }),
  );

  it(
    'emits a last cut at a hang-up, and nothing more',
    marbles((m) => {
      const floor = at(m, '   s       ');
      const source = m.hot('  -A-Z-S-|', heard);
      const expected = '      ---(z|) ';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'completes after the turns when nobody speaks and no line waits',
    marbles((m) => {
      const floor = at(m, '   n----t---------n-----');
      const freed = m.hot('   ---------------x-----');
      const source = m.hot('  -S--D--O----A-----A--', heard);
      const sourceSubs = '    ^--------------!     ';
      const expected = '      -S--(tD)-------(A|)  ';

      m.expect(source.pipe(bargeIn({ floor, freed }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'passes events that are not of turns',
    marbles((m) => {
      const floor = at(m, '   s     ');
      const source = m.hot('  -w-w-|', heard);
      const expected = '      -w-w-|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'emits nothing when there are no events',
    marbles((m) => {
      const floor = at(m, '   s    ');
      const source = m.hot('  ----|', heard);
      const expected = '      ----|';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'passes an error',
    marbles((m) => {
      const floor = at(m, '   n    ');
      const source = m.hot('  -s--#', heard);
      const expected = '      -s--#';

      m.expect(source.pipe(bargeIn({ floor }))).toBeObservable(expected, values);
    }),
  );

  it(
    'errors when the floor throws',
    marbles((m) => {
      const source = m.hot('  -S--|', heard);
      const sourceSubs = '    ^!   ';
      const expected = '      -#   ';
      const lost = (): Floor => {
        throw 'error';
      };

      m.expect(source.pipe(bargeIn({ floor: lost }))).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'unsubscribes from its clock and its sources when its subscriber leaves',
    marbles((m) => {
      const freed = m.hot('   ---------');
      const freedSubs = '     ^---!    ';
      const source = m.hot('  -S--------', heard);
      const sourceSubs = '    ^---!    ';
      const leave = '         ----!    ';
      const expected = '      -p--     ';
      const policy = () => ({ minWords: 2, resumeAfterMs: 5 });

      m.expect(source.pipe(bargeIn({ policy, freed })), leave).toBeObservable(expected, values);
      m.expect(source).toHaveSubscriptions(sourceSubs);
      m.expect(freed).toHaveSubscriptions(freedSubs);
    }),
  );
});

/** The floor at each time, from a diagram. */
function at(m: Context, diagram: string): () => Floor {
  let now: Floor['held'] = 'nobody';
  m.hot(diagram, held).subscribe((value) => (now = value));
  return () => ({ held: now, saying: 'He said no three times.', heard: now === 'speaking' });
}
