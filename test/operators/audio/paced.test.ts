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
    'lets each chunk through when its recording would have ended',
    marbles((m) => {
      const source = m.cold('(ABC|)                   ', audio);
      const subs = '         (^!)                     ';
      const expected = '     80ms A 39ms B 59ms (C|)  ';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it(
    'goes faster if it is told to',
    marbles((m) => {
      const source = m.cold('(ABC|)                   ', audio);
      const expected = '     20ms A 9ms B 14ms (C|)   ';

      m.expect(source.pipe(paced({ speed: 4 }))).toBeObservable(expected, audio);
    }),
  );

  it(
    'lets a live source pass as it is, and what is late at once',
    marbles((m) => {
      const source = m.hot('80ms A 39ms B 99ms C 9ms |', audio);
      const expected = '    80ms A 39ms B 99ms C 9ms |';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'is back in time after what was late',
    marbles((m) => {
      const source = m.hot('100ms (AB) 10ms C 9ms |   ', audio);
      const expected = '    100ms A 19ms B 59ms (C|)  ';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'completes when the source does, if nothing waits',
    marbles((m) => {
      const nothing = m.cold('|               ');
      const source = m.cold(' A 99ms |        ', audio);
      const expected = '      80ms A 19ms |   ';

      m.expect(nothing.pipe(paced())).toBeObservable('|');
      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'is silent while the source is',
    marbles((m) => {
      const source = m.cold('-');
      const expected = '     -';

      m.expect(source.pipe(paced())).toBeObservable(expected);
    }),
  );

  it(
    'passes an error at once and drops what waits',
    marbles((m) => {
      const source = m.cold('(AB) 86ms #', audio);
      const expected = '     80ms A 9ms #';

      m.expect(source.pipe(paced())).toBeObservable(expected, audio);
    }),
  );

  it(
    'stops source and clock when it is left early',
    marbles((m) => {
      const source = m.cold('(ABC)               ', audio);
      const unsub = '        100ms !             ';
      const subs = '         ^ 99ms !            ';
      const expected = '     80ms A 100ms        ';

      m.expect(source.pipe(paced()), unsub).toBeObservable(expected, audio);
      m.expect(source).toHaveSubscriptions(subs);
    }),
  );

  it('does not hold compressed audio', () => {
    const packet: AudioChunk = { data: new Uint8Array(7), encoding: 'opus', sampleRateHz: 48000, channels: 1 };
    const came: AudioChunk[] = [];
    from([packet, packet])
      .pipe(paced())
      .subscribe((chunk) => came.push(chunk));

    expect(came).toHaveLength(2);
  });

  it('keeps the order when a chunk brings about another', () => {
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

  it('plays an hour without drifting, one timer alive at a time', () => {
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

  it('stops a source that emits while it is being subscribed', () => {
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
