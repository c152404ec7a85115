import { describe, it } from 'vitest';
import type { Configure } from '../../operators/events.ts';
import { flux } from '../../src/flux/flux.ts';
import { marbles } from '../withMarbles.ts';
import { drawn, format, messages, out } from './scriptedFlux.ts';

/** What is asked for. */
const asked = {
  p: { type: 'Configure', eotThreshold: 0.8 },
  q: { type: 'Configure', numerals: true },
  r: { type: 'Configure', eotThreshold: 0.9, keyterms: ['Okonkwo'] },
  k: { type: 'Configure', keyterms: [] },
} as const satisfies Record<string, Configure>;

/** What goes out: one by one, and those that waited in one. */
const sent = {
  p: { type: 'Configure', thresholds: { eot_threshold: 0.8 } },
  q: { type: 'Configure', numerals: true },
  k: { type: 'Configure', keyterms: [] },
  // q, r and k
  a: { type: 'Configure', thresholds: { eot_threshold: 0.9 }, keyterms: [], numerals: true },
  // q and r
  b: { type: 'Configure', thresholds: { eot_threshold: 0.9 }, keyterms: ['Okonkwo'], numerals: true },
  X: { type: 'CloseStream' },
} as const;

describe('Configure', () => {
  it(
    'is sent at once when none is in flight',
    marbles((m) => {
      const input = m.hot(' ---p-----q---', asked);
      const says = m.cold(' -C-----P---P-', messages);
      const sub = '         ^-----------!';
      const goesOut = '     ---p-----q--|';
      const expected = '    -C-----P---P-';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'is merged with others that waited for an answer, and later fields replace earlier ones',
    marbles((m) => {
      const input = m.hot(' ---p-q-r-k-----', asked);
      const says = m.cold(' -C---------P--P', messages);
      const sub = '         ^-------------!';
      const goesOut = '     ---p-------a--|';
      const expected = '    -C---------P---';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'is in flight alone even if it had waited',
    marbles((m) => {
      const input = m.hot(' ---p-q--k------', asked);
      const says = m.cold(' -C-----P----P--', messages);
      const sub = '         ^-------------!';
      const goesOut = '     ---p---q----k-|';
      const expected = '    -C-----P----P--';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'that was refused unblocks the waiting ones',
    marbles((m) => {
      const input = m.hot(' ---p-q-r-------', asked);
      const says = m.cold(' -C--------Q----', messages);
      const sub = '         ^-------------!';
      const goesOut = '     ---p------b---|';
      const expected = '    -C--------Q----';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'that is never answered blocks the next one for 5 s at most',
    marbles((m) => {
      const input = m.hot(' ---p-q-r---------', asked);
      const says = m.cold(' -C---------------', messages);
      const sub = '         ^ 5010ms !';
      const goesOut = '     ---p 4999ms b-------|';
      const expected = '    -C---------------';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire)), sub).toBeObservable(expected, out);
    }),
  );

  it(
    'that waits when the audio ends is not sent',
    marbles((m) => {
      const input = m.hot(' ---p-q-|', asked);
      const says = m.cold(' -C-------P--|', messages);
      const goesOut = '     ---p---X----|';
      const expected = '    -C-------P--|';

      const service = drawn(says);
      m.expect(service.sent).toBeObservable(goesOut, sent);
      m.expect(input.pipe(flux(format, service.wire))).toBeObservable(expected, out);
    }),
  );
});
