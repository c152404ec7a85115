import { map, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { auraWire } from '../../../src/emulator/scenario/index.ts';
import type { Frame } from '../../../src/wire/wire.ts';
import { marbles } from '../../withMarbles.ts';
import type { Json } from '../server/client.ts';

const speak = (text: string) => JSON.stringify({ type: 'Speak', text });
const frames = {
  H: speak('Hi'),
  A: speak('A'),
  W: speak('Well, one moment.'),
  F: '{"type":"Flush"}',
  c: '{"type":"Clear"}',
  X: '{"type":"Close"}',
  z: '{"type":"Reset"}',
  b: new Uint8Array(2),
  S: speak(' '),
  L: speak('x'.repeat(2001)),
  T: speak('x'.repeat(1201)),
};
const names: Readonly<Record<string, string>> = { Metadata: 'M', Flushed: 'f', Cleared: 'C', Warning: 'w' };
const letter = (frame: Frame): string =>
  typeof frame === 'string' ? (names[String((JSON.parse(frame) as Json)['type'])] ?? '?') : 'a';
/** Audio after 4 ms; a character takes 40 ms to say: one frame each, 4 ms apart. */
const speech = { firstAudioMs: 4, msPerChar: 40 };
const closed = (why: string) => ({ name: 'WireError', message: `The service closed the connection (${why}).` });

describe('auraWire', () => {
  it(
    'sends Metadata at once, and audio only after Flush, then Flushed',
    marbles((m) => {
      const input = m.hot(' -H------F-----------', frames);
      const subs = '        ^-------------------';
      const expected = '    M-----------a---(af)';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'joins the texts before a Flush, and speaks flushes one after another',
    marbles((m) => {
      const input = m.hot(' -A-A-F-A-F-----------', frames);
      const expected = '    M--------a---(af)(af)';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'answers a Flush without text at once',
    marbles((m) => {
      const input = m.hot(' -F-S-F--', frames);
      const expected = '    Mf---f--';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'stops at Clear, drops waiting text, and speaks later text',
    marbles((m) => {
      const input = m.hot(' -(WF)-AFc-AF-------', frames);
      const expected = '    M----a--C------(af)';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'stops late after Clear with lateMs; commands meanwhile wait',
    marbles((m) => {
      const input = m.hot(' -(WF)-cAF----------', frames);
      const expected = '    M----a---a-C---(af)';

      m.expect(input.pipe(auraWire({ speech: { ...speech, lateMs: 5 } }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'speaks the remaining text at Close, then completes',
    marbles((m) => {
      const input = m.hot(' -H-X-----------', frames);
      const subs = '        ^----------!   ';
      const expected = '    M------a---(a|)';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'sends only Flushed when it is silent',
    marbles((m) => {
      const input = m.hot(' -HF------', frames);
      const expected = '    M-----f--';

      m.expect(input.pipe(auraWire({ speech: { ...speech, silent: true } }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'answers Clear but no Flush when it stalls',
    marbles((m) => {
      const input = m.hot(' -HF------c', frames);
      const expected = '    M--------C';

      m.expect(input.pipe(auraWire({ speech: { ...speech, stall: true } }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'stays open after its source completes',
    marbles((m) => {
      const input = m.hot(' -HF|------', frames);
      const expected = '    M-----a---(af)';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'errors with an error of its source',
    marbles((m) => {
      const input = m.hot(' -HF-#', frames);
      const expected = '    M---#';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'stops when it is unsubscribed',
    marbles((m) => {
      const input = m.hot(' -(WF)----------', frames);
      const unsub = '       -----------!    ';
      const subs = '        ^----------!    ';
      const expected = '    M----a---a------';

      m.expect(input.pipe(auraWire({ speech }), map(letter)), unsub).toBeObservable(expected);
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'errors with 1008 at an unknown command',
    marbles((m) => {
      const input = m.hot(' -z', frames);
      const subs = '        ^!';
      const expected = '    M#';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(
        expected,
        undefined,
        closed('1008: DATA-0000 not a valid command'),
      );
      m.expect(input).toHaveSubscriptions(subs);
    }),
  );

  it(
    'errors with 1003 at a binary frame, with 1009 at more than 2000 characters',
    marbles((m) => {
      const binary = m.hot('-b', frames);
      const long = m.hot('  -L', frames);
      const expected = '    M#';

      m.expect(binary.pipe(auraWire({}), map(letter))).toBeObservable(
        expected,
        undefined,
        closed('1003: MESSAGE-0000 frame type not supported'),
      );
      m.expect(long.pipe(auraWire({}), map(letter))).toBeObservable(expected, undefined, closed('1009: BIG-0001 text too long'));
    }),
  );

  it(
    'accepts 2400 characters a minute',
    marbles((m) => {
      const soon = m.hot('  -T 59998ms T-', frames);
      const later = m.hot(' -T 59999ms T-', frames);
      const refused = '     M- 59998ms #-';
      const taken = '       M- 59999ms --';

      m.expect(soon.pipe(auraWire({}), map(letter))).toBeObservable(
        refused,
        undefined,
        closed('1008: DATA-0001 too many characters in the last minute'),
      );
      m.expect(later.pipe(auraWire({}), map(letter))).toBeObservable(taken);
    }),
  );

  it(
    'answers the 21st Flush of a minute with a Warning and keeps its text',
    marbles((m) => {
      const input = m.hot(' -FFFFFFFFFFFFFFFFFFFFAF 60s F--------', frames);
      const expected = '    Mffffffffffffffffffff-w 60s ----(af)-';

      m.expect(input.pipe(auraWire({ speech }), map(letter))).toBeObservable(expected);
    }),
  );

  it(
    'numbers Flushed and Cleared together',
    marbles((m) => {
      const said: Frame[] = [];
      m.hot('-F-c-F', frames)
        .pipe(auraWire({}))
        .subscribe((frame) => said.push(frame));
      m.flush();
      expect(said.slice(1)).toStrictEqual([
        '{"type":"Flushed","sequence_id":0}',
        '{"type":"Cleared","sequence_id":1}',
        '{"type":"Flushed","sequence_id":2}',
      ]);
    }),
  );

  it(
    'accepts a command at the moment of Cleared',
    marbles((m) => {
      const input = new Subject<Frame>();
      const heard: string[] = [];
      input.pipe(auraWire({ speech })).subscribe((frame) => {
        heard.push(letter(frame));
        if (letter(frame) === 'C') [frames.A, frames.F].forEach((next) => input.next(next));
      });
      m.hot('-c', frames).subscribe(input);
      m.flush();
      expect(heard.join('')).toBe('MCaf');
    }),
  );
});

describe('the audio of auraWire', () => {
  it(
    'lasts as long as its characters, in frames of 40 ms and a shorter last one',
    marbles((m) => {
      const sizes: number[] = [];
      m.hot('-HF', frames)
        .pipe(auraWire({ speech: { firstAudioMs: 0, msPerChar: 30 } }))
        .subscribe((frame) => {
          if (typeof frame !== 'string') sizes.push(frame.length);
        });
      m.flush();
      // 60 ms at 16 kHz, two bytes a sample.
      expect(sizes).toStrictEqual([1280, 640]);
    }),
  );
});
