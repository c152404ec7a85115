import { asyncScheduler, from, map, Observable, Subject, take, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { AudioChunk } from '../../../operators/events.ts';
import { paced } from '../../../operators/audio/paced.ts';
import { marbles } from '../../withMarbles.ts';
import { lasting } from './audioChunks.ts';

const audio = { A: lasting(80), B: lasting(40), C: lasting(60) };

describe('paced', () => {
  it(
    'emits each chunk when its recording would have ended',
    marbles((m) => {
      const source = m.cold('(ABC|)                   ', audio);
      const subs = '         (^!)                     ';
      const expected = '     80ms A 39ms B 59ms (C|)  ';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'emits faster at a higher speed',
    marbles((m) => {
      const source = m.cold('(ABC|)                   ', audio);
      const expected = '     20ms A 9ms B 14ms (C|)   ';

      m.expect(source.pipe(paced({ speed: 4 }))).toBeObservable(expected, audio);
    }),
  );

  it(
    'passes a live source unchanged, and late chunks at once',
    marbles((m) => {
      const source = m.hot('80ms A 39ms B 99ms C 9ms |', audio);
      const expected = '    80ms A 39ms B 99ms C 9ms |';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'is on time again after a late chunk',
    marbles((m) => {
      const source = m.hot('100ms (AB) 10ms C 9ms |   ', audio);
      const expected = '    100ms A 19ms B 59ms (C|)  ';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'completes with the source if no chunk waits',
    marbles((m) => {
      const nothing = m.cold('|               ');
      const source = m.cold(' A 99ms |        ', audio);
      const expected = '      80ms A 19ms |   ';

      m.expect(nothing.pipe(paced())).toBeObservable('|');
      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'emits nothing while the source is silent',
    marbles((m) => {
      const source = m.cold('-');
      const expected = '     -';

      m.expect(source.pipe(paced())).toBeObservable(expected);
    }),
  );

  it(
    'passes an error at once and drops waiting chunks',
    marbles((m) => {
      const source = m.cold('(AB) 86ms #', audio);
      const expected = '     80ms A 9ms #';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'stops source and timer when its subscriber leaves',
    marbles((m) => {
      const source = m.cold('(ABC)               ', audio);
      const unsub = '        100ms !             ';
      const subs = '         ^ 99ms !            ';
      const expected = '     80ms A 100ms        ';

      m.expect(source.pipe(paced()), unsub).toBeObservable(expected, audio);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('does not delay compressed audio', () => {
    const packet: AudioChunk = { data: new Uint8Array(7), encoding: 'opus', sampleRateHz: 48000, channels: 1 };
    const came: AudioChunk[] = [];
    from([packet, packet])
      .pipe(paced())
      .subscribe((chunk) => came.push(chunk));

    expect(came).toHaveLength(2);
  });

  it('keeps the order when a chunk causes another', () => {
    const source = new Subject<AudioChunk>();
    const first = { ...lasting(0), sampleRateHz: 1001 };
    const second = { ...lasting(0), sampleRateHz: 1002 };
    const third = { ...lasting(0), sampleRateHz: 1003 };
    const came: number[] = [];
    source.pipe(paced()).subscribe((chunk) => {
      if (chunk === first) {
        source.next(second);
        source.next(third);
      }
      came.push(chunk.sampleRateHz);
    });
    source.next(first);

    expect(came).toEqual([1001, 1002, 1003]);
  });

  it('emits an hour of audio without drift, with one timer at a time', () => {
    const scheduler = new TestScheduler(() => undefined);
    // no whole number of milliseconds each
    const chunk: AudioChunk = { data: new Uint8Array(883), encoding: 'mulaw', sampleRateHz: 11025, channels: 1 };
    let came = 0;
    let timers = 0;
    let worst = 0;
    scheduler.run(({ flush }) => {
      from(Array.from({ length: 45_000 }, () => chunk))
        .pipe(
          paced(),
          map((_, i) => ((i + 1) * 883) / 11.025),
          tap(() => (timers = Math.max(timers, scheduler.actions.length))),
        )
        .subscribe((due) => {
          came++;
          worst = Math.max(worst, Math.abs(asyncScheduler.now() - due));
        });
      flush();
    });

    expect(came).toBe(45_000);
    expect(worst).toBeLessThan(1.001); // virtual time goes by whole milliseconds
    expect(timers).toBeLessThanOrEqual(1);
  });

  it('leaves no timer behind', () => {
    const scheduler = new TestScheduler(() => undefined);
    const timers: number[] = [];
    scheduler.run(() => {
      const subscription = from([audio.A, audio.B]).pipe(paced()).subscribe();
      timers.push(scheduler.actions.length);
      subscription.unsubscribe();
      timers.push(scheduler.actions.length);
    });

    expect(timers).toEqual([1, 0]);
  });

  it('stops a source that emits while it is being subscribed to', () => {
    let produced = 0;
    const source = new Observable<AudioChunk>((subscriber) => {
      while (produced < 1000 && !subscriber.closed) {
        produced++;
        subscriber.next(lasting(0));
      }
    });
    source.pipe(paced(), take(2)).subscribe();

    expect(produced).toBe(2);
  });
});
