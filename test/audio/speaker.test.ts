import fc from 'fast-check';
import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  delay,
  EMPTY,
  from,
  NEVER,
  of,
  Subject,
  tap,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { durationMs } from '../../operators/audio/duration.ts';
import type { AudioChunk, Cue, PlaybackEvent, Speech } from '../../operators/events.ts';
import { speaker } from '../../src/audio/speaker.ts';
import { marbles } from '../withMarbles.ts';

const cues = { c: 'cut', p: 'pause', r: 'resume' } as const;

/** Sound of so many milliseconds: one sample each, counting up. */
const sound = (ms: number, from = 0): AudioChunk => ({
  data: new Uint8Array(Int16Array.from({ length: ms }, (_, at) => from + at).buffer),
  encoding: 'linear16',
  sampleRateHz: 1000,
  channels: 1,
});
const piece = (ms: number, text: string, last = true): Speech => ({ type: 'Speech', audio: sound(ms), text, last });

/** A, B, C: a word of 100 ms each. Y: one of 40 ms. Z: no sound, the end of a segment. */
const words = {
  A: piece(100, 'one'),
  B: piece(100, ' two'),
  C: piece(100, ' three'),
  Y: piece(40, ' yes'),
  Z: piece(0, ' silence'),
};

const playback = (type: 'Started' | 'Position' | 'Paused' | 'Resumed', heardMs: number, heard = ''): PlaybackEvent => ({
  type,
  heardMs,
  heard,
});
const ended = (heardMs: number, heard: string): PlaybackEvent => ({ type: 'Ended', heardMs, heard, interrupted: false });
const cut = (heardMs: number, heard: string): PlaybackEvent => ({ type: 'Ended', heardMs, heard, interrupted: true });

describe('speaker', () => {
  it(
    'plays by the clock, and reports its position',
    marbles((m) => {
      const speech = m.cold(' --(ABC|)                            ', words);
      const speechSubs = '    ^-!                                 ';
      const expected = '      --S 99ms P 99ms Q 99ms (E|)          ';

      m.expect(speech.pipe(speaker()(NEVER))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        Q: playback('Position', 200, 'one two'),
        E: ended(300, 'one two three'),
      });
      m.expect(speech).toHaveSubscriptions(speechSubs);
    }),
  );

  it(
    'ends after the last audio has arrived and was played, whichever is later',
    marbles((m) => {
      const speech = m.cold(' A 149ms |          ', words);
      const expected = '      S 99ms P 49ms (E|) ';

      m.expect(speech.pipe(speaker()(NEVER))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        E: ended(100, 'one'),
      });
    }),
  );

  it(
    'emits nothing while there is no speech',
    marbles((m) => {
      const speech = m.cold(' ------');
      const sub = '           ^----!';
      m.expect(speech.pipe(speaker()(NEVER)), sub).toBeObservable('------');
      m.expect(speech).toHaveSubscriptions(sub);
    }),
  );

  it(
    'completes at once when there is no speech',
    marbles((m) => {
      m.expect(EMPTY.pipe(speaker()(NEVER))).toBeObservable('(E|)', { E: ended(0, '') });
    }),
  );

  it(
    'stops in the tick of a cut, and unsubscribes from everything',
    marbles((m) => {
      const speech = m.hot('  A-B-C---------------', words);
      const speechSubs = '    ^ 149ms !           ';
      const cued = m.hot('    - 149ms c------     ', cues);
      const cuedSubs = '      ^ 149ms !           ';
      const expected = '      S 99ms P 49ms (E|)  ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        E: cut(150, 'one'),
      });
      m.expect(speech).toHaveSubscriptions(speechSubs);
      m.expect(cued).toHaveSubscriptions(cuedSubs);
    }),
  );

  it(
    'can be cut before anything was audible',
    marbles((m) => {
      const speech = m.hot('  ------A--', words);
      const speechSubs = '    ^--!     ';
      const cued = m.hot('    ---c-----', cues);
      const expected = '      ---(E|)  ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, { E: cut(0, '') });
      m.expect(speech).toHaveSubscriptions(speechSubs);
    }),
  );

  it(
    'handles a waiting cue before the first audio',
    marbles((m) => {
      m.expect(m.cold('A', words).pipe(speaker()(of<Cue>('cut')))).toBeObservable('(E|)', { E: cut(0, '') });
    }),
  );

  it(
    'waits when audio arrives more slowly than it is played',
    marbles((m) => {
      const speech = m.cold(' Y 99ms Y 199ms (A|)        ', { Y: piece(40, 'yes', false), A: piece(100, ' one') });
      const expected = '      S 319ms        P 79ms (E|) ';

      m.expect(speech.pipe(speaker()(NEVER))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'yes'),
        E: ended(180, 'yes one'),
      });
    }),
  );

  it(
    'continues without a gap when the next chunk arrives in the same tick',
    marbles((m) => {
      const speech = m.cold(' A 99ms B 99ms (C|)                 ', words);
      const expected = '      S 99ms P 99ms Q 99ms (E|)';

      m.expect(speech.pipe(speaker()(NEVER))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        Q: playback('Position', 200, 'one two'),
        E: ended(300, 'one two three'),
      });
    }),
  );

  it(
    'stops while paused, and continues from the same position',
    marbles((m) => {
      const speech = m.cold(' (AB|)                                 ', words);
      const cued = m.hot('    - 149ms p 299ms r------------------- ', cues);
      const expected = '      S 99ms P 49ms p 299ms r 49ms (E|)     ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        p: playback('Paused', 150, 'one'),
        r: playback('Resumed', 150, 'one'),
        E: ended(200, 'one two'),
      });
    }),
  );

  it(
    'plays nothing if it was paused before the start',
    marbles((m) => {
      const speech = m.cold(' --(A|)                  ', words);
      const cued = m.hot('    p 49ms r----------------', cues);
      const expected = '      p 49ms (rS) 96ms (E|)   ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        p: playback('Paused', 0),
        r: playback('Resumed', 0),
        S: playback('Started', 0),
        E: ended(100, 'one'),
      });
    }),
  );

  it(
    'does not end by itself while paused',
    marbles((m) => {
      const speech = m.cold(' Y 49ms |         ', { Y: piece(40, 'yes') });
      const cued = m.hot('    - 44ms p 19ms r--', cues);
      const expected = '      S 44ms p 19ms (rE|)';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        S: playback('Started', 0),
        p: playback('Paused', 40, 'yes'),
        r: playback('Resumed', 40, 'yes'),
        E: ended(40, 'yes'),
      });
    }),
  );

  it(
    'can be cut while paused, with the words heard before',
    marbles((m) => {
      const speech = m.cold(' (AB|)                   ', words);
      const cued = m.hot('    - 119ms p 49ms c        ', cues);
      const expected = '      S 99ms P 19ms p 49ms (E|)';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        S: playback('Started', 0),
        P: playback('Position', 100, 'one'),
        p: playback('Paused', 120, 'one'),
        E: cut(120, 'one'),
      });
    }),
  );

  it(
    'ignores a cue that changes nothing',
    marbles((m) => {
      const speech = m.cold(' (A|)                    ', words);
      const cued = m.hot('    -r-p-p-r-r              ', cues);
      const expected = '      S--p---r 96ms (E|)      ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, {
        S: playback('Started', 0),
        p: playback('Paused', 3),
        r: playback('Resumed', 3),
        E: ended(100, 'one'),
      });
    }),
  );

  it(
    'is finished when the end and a cut fall into one tick and the end is first',
    marbles((m) => {
      const speech = m.cold(' (A|)              ', words);
      const cued = timer(1).pipe(concatMap(() => of<Cue>('cut').pipe(delay(99)))); // its timer is set after the speaker's
      const expected = '      S 99ms (E|)        ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, { S: playback('Started', 0), E: ended(100, 'one') });
    }),
  );

  it(
    'is cut when the end and a cut fall into one tick and the cut is first',
    marbles((m) => {
      const speech = m.cold(' (A|)              ', words);
      const cued = m.hot('    - 99ms c          ', cues);
      const expected = '      S 99ms (E|)        ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, { S: playback('Started', 0), E: cut(100, 'one') });
    }),
  );

  it(
    'continues when the cues complete',
    marbles((m) => {
      m.expect(m.cold('(A|)', words).pipe(speaker()(EMPTY))).toBeObservable('S 99ms (E|)', {
        S: playback('Started', 0),
        E: ended(100, 'one'),
      });
    }),
  );

  it(
    'accepts chunks without audio, which alone are not audible',
    marbles((m) => {
      const speech = m.cold(' Z-A-Z|        ', words);
      const expected = '      --S 99ms (E|) ';

      m.expect(speech.pipe(speaker()(NEVER))).toBeObservable(expected, {
        S: playback('Started', 0),
        E: ended(100, 'silenceone silence'),
      });
    }),
  );

  it(
    'passes an error of the speech at once',
    marbles((m) => {
      const speech = m.cold(' A 49ms #  ', words);
      const cued = m.hot('    ----------', cues);
      const cuedSubs = '      ^ 49ms !  ';
      const expected = '      S 49ms #  ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, { S: playback('Started', 0) });
      m.expect(cued).toHaveSubscriptions(cuedSubs);
    }),
  );

  it(
    'passes an error of the cues at once',
    marbles((m) => {
      const speech = m.cold(' A---------', words);
      const speechSubs = '    ^---!     ';
      const cued = m.cold('   ----#     ', cues);
      const expected = '      S---#     ';

      m.expect(speech.pipe(speaker()(cued))).toBeObservable(expected, { S: playback('Started', 0) });
      m.expect(speech).toHaveSubscriptions(speechSubs);
    }),
  );

  it(
    'errors when the device throws, and leaves no timer',
    marbles((m) => {
      const speech = m.cold(' A----------', words);
      const speechSubs = '    ^ 99ms !   ';
      const expected = '      S 99ms #   ';
      const device = { heard: () => { throw 'error'; } }; // prettier-ignore

      m.expect(speech.pipe(speaker(device)(NEVER))).toBeObservable(expected, { S: playback('Started', 0) });
      m.expect(speech).toHaveSubscriptions(speechSubs);
    }),
  );

  it(
    'stops the audio when it is unsubscribed early',
    marbles((m) => {
      const heard: number[] = [];
      const speech = m.cold(' (ABC|)             ', words);
      const sub = '           ^ 149ms !           ';
      const expected = '      S 99ms P------------';
      const device = { heard: (audio: AudioChunk) => heard.push(durationMs(audio)) };
      const result = speech.pipe(speaker(device)(NEVER));

      m.expect(result, sub).toBeObservable(expected, { S: playback('Started', 0), P: playback('Position', 100, 'one') });
      m.flush();
      expect(heard).toStrictEqual([100, 50]);
    }),
  );

  it(
    'is subscribed again for each reply',
    marbles((m) => {
      const play = speaker();
      const both = concat(m.cold('(A|)', words).pipe(play(NEVER)), m.cold('(Y|)', { Y: piece(40, 'yes') }).pipe(play(NEVER)));
      m.expect(both).toBeObservable('S 99ms (ES) 36ms (F|)', {
        S: playback('Started', 0),
        E: ended(100, 'one'),
        F: ended(40, 'yes'),
      });
    }),
  );
});

/** What a device heard: when each stretch began, its first sample, how many. */
function recorder(): { readonly heard: (audio: AudioChunk, at: number) => void; readonly stretches: [number, number, number][] } {
  const stretches: [number, number, number][] = [];
  return {
    stretches,
    heard: ({ data }, at) => {
      const samples = new Int16Array(data.slice().buffer);
      stretches.push([at, samples[0] ?? NaN, samples.length]);
    },
  };
}

describe('device.heard', () => {
  const long = { A: { ...piece(250, 'one'), audio: sound(250) }, B: { ...piece(60, ' two'), audio: sound(60, 1000) } };

  it(
    'is called with every sample once, after it was played, across chunks',
    marbles((m) => {
      const device = recorder();
      m.expect(m.cold('-(AB|)', long).pipe(speaker(device)(NEVER))).toBeObservable('-S 99ms P 99ms Q 99ms R 9ms (E|)', {
        S: playback('Started', 0),
        P: playback('Position', 100),
        Q: playback('Position', 200),
        R: playback('Position', 300, 'one'),
        E: ended(310, 'one two'),
      });
      m.flush();
      expect(device.stretches).toStrictEqual([
        [1, 0, 100],
        [101, 100, 100],
        [201, 200, 50],
        [251, 1000, 50],
        [301, 1050, 10],
      ]);
    }),
  );

  it(
    'is called with audio up to the sample at which it was paused and cut',
    marbles((m) => {
      const device = recorder();
      const cued = m.hot('- 129ms p 69ms r 29ms c', cues);
      m.expect(m.cold('(A|)', long).pipe(speaker(device)(cued))).toBeObservable('S 99ms P 29ms p 69ms r 29ms (E|)', {
        S: playback('Started', 0),
        P: playback('Position', 100),
        p: playback('Paused', 130),
        r: playback('Resumed', 130),
        E: cut(160, ''),
      });
      m.flush();
      expect(device.stretches).toStrictEqual([
        [0, 0, 100],
        [100, 100, 30],
        [200, 130, 30],
      ]);
    }),
  );

  it(
    'cuts between samples, at any rate',
    marbles((m) => {
      const device = recorder();
      const audio: AudioChunk = { data: new Uint8Array(2 * 44_100), encoding: 'linear16', sampleRateHz: 44_100, channels: 1 };
      const cued = m.hot('- 32ms c', cues);
      m.expect(m.cold('A', { A: { ...piece(0, 'one'), audio } }).pipe(speaker(device)(cued))).toBeObservable('S 32ms (E|)', {
        S: playback('Started', 0),
        E: cut(33, ''),
      });
      m.flush();
      expect(device.stretches).toStrictEqual([[0, 0, 1455]]); // 33 ms are 1455.3 samples
    }),
  );
});

describe('speaker under any schedule', () => {
  const run = <T>(test: () => Observable<T>): T[] => {
    const values: T[] = [];
    new TestScheduler(() => undefined).run(({ flush }) => {
      test().subscribe((value) => values.push(value));
      flush();
    });
    return values;
  };

  const step = fc.record({ after: fc.integer({ min: 0, max: 150 }), ms: fc.integer({ min: 0, max: 250 }) });
  const cue = fc.record({ after: fc.integer({ min: 0, max: 300 }), cue: fc.constantFrom<Cue>('pause', 'resume', 'cut') });
  const later = <T extends { after: number }, R>(steps: readonly T[], value: (step: T, at: number) => R) =>
    from(steps).pipe(concatMap((each, at) => of(value(each, at)).pipe(delay(each.after))));

  it('plays every sample once and no more than arrived, and ends once, last', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.array(cue, { maxLength: 6 }), (steps, cued) => {
        const stretches: { at: number; ms: number }[] = [];
        let receivedMs = 0;
        const speech = later(steps, ({ ms }, at) => piece(ms, ` w${at}`)).pipe(
          tap(({ audio }) => (receivedMs += durationMs(audio))),
        );
        const cueing = concat(
          later(cued, (each) => each.cue),
          of<Cue>('resume').pipe(delay(5000)),
        );
        const device = { heard: (audio: AudioChunk, at: number) => void stretches.push({ at, ms: durationMs(audio) }) };
        const received: number[] = [];
        const events = run(() =>
          speech.pipe(
            speaker(device)(cueing),
            tap(() => received.push(receivedMs)),
          ),
        );

        const last = events.at(-1)!;
        expect(events.filter(({ type }) => type === 'Ended')).toStrictEqual([last]);
        expect(stretches.reduce((sum, { ms }) => sum + ms, 0)).toBe(last.heardMs);
        events.forEach(({ heardMs, heard }, at) => {
          expect(heardMs).toBeLessThanOrEqual(received[at]!);
          expect(heardMs).toBeGreaterThanOrEqual(events[at - 1]?.heardMs ?? 0);
          expect(heard.startsWith(events[at - 1]?.heard ?? '')).toBe(true);
        });
        stretches.forEach(({ at }, index) => {
          const before = stretches[index - 1];
          if (before) expect(at).toBeGreaterThanOrEqual(before.at + before.ms);
        });
        const starts = events.filter(({ type }) => type === 'Started').length;
        expect(starts).toBeLessThanOrEqual(1);
        if (last.heardMs > 0) expect(starts).toBe(1);
        const all = steps.map((_, at) => `w${at}`).join(' ');
        const played = ended(receivedMs, receivedMs > 0 ? all : '');
        if (cued.every(({ cue }) => cue !== 'cut')) expect(last).toStrictEqual(played);
      }),
      { numRuns: 500 },
    );
  });

  it('plays a thousand replies of three seconds in a moment', () => {
    const reply = defer(() => from(Array.from({ length: 38 }, (_, at) => piece(80, ` w${at}`))));
    const began = performance.now();
    const ends = run(() =>
      timer(0).pipe(
        concatMap(() =>
          from(Array.from({ length: 1000 }, () => reply)).pipe(concatMap((speech) => speech.pipe(speaker()(NEVER), toArray()))),
        ),
      ),
    );
    expect(ends).toHaveLength(1000);
    expect(performance.now() - began).toBeLessThan(5000); // 0.3 s on a machine with nothing else to do
  });
});

describe('speaker on a busy machine', () => {
  afterEach(() => vi.useRealTimers());

  it('catches up after a late timer', () => {
    vi.useFakeTimers({ now: 0 });
    const at: [string, number, number][] = [];
    of(piece(500, 'one'))
      .pipe(speaker()(NEVER))
      .subscribe(({ type, heardMs }) => {
        at.push([type, heardMs, asyncScheduler.now()]);
        if (at.length === 2) vi.setSystemTime(Date.now() + 130); // the event loop stood still
      });
    vi.advanceTimersByTime(1000);
    expect(at).toStrictEqual([
      ['Started', 0, 0],
      ['Position', 100, 100],
      ['Position', 231, 231], // at once, which for a timer is 1 ms
      ['Position', 300, 300],
      ['Position', 400, 400],
      ['Ended', 500, 500],
    ]);
  });

  it('does not count a gap when the next chunk arrives before a late timer', () => {
    vi.useFakeTimers({ now: 0 });
    const speech = new Subject<Speech>();
    const cued = new Subject<Cue>();
    const events: PlaybackEvent[] = [];
    const device = recorder();
    speech.pipe(speaker(device)(cued)).subscribe((event) => events.push(event));
    speech.next(piece(80, 'one'));
    vi.setSystemTime(230); // the event loop stood still, and the chunk was read before the timer fired
    speech.next(piece(80, ' two'));
    vi.setSystemTime(280);
    cued.next('cut');
    expect(events).toStrictEqual([playback('Started', 0), cut(130, 'one')]);
    expect(device.stretches).toStrictEqual([
      [0, 0, 80],
      [230, 0, 50],
    ]);
  });
});
