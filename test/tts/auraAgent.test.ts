import { asyncScheduler, defer, ignoreElements, merge, mergeMap, NEVER, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { auraWire, type Scenario } from '../../src/emulator/scenario/index.ts';
import { WireError } from '../../src/errors.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { aura } from '../../src/tts/aura.ts';
import type { Wire } from '../../src/wire/wire.ts';
import { withFallback } from '../../operators/core/withFallback.ts';

/** Two turns, each of which is answered with two sentences. */
const call: Scenario = {
  flux: [500, 12_000].flatMap((at, index) => [
    { at, message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: index, transcript: 'What' } },
    { at: at + 500, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: index, transcript: `What is it, ${index}?` } },
  ]),
  model: { replies: ['It is the first. And a bit more of it.', 'It is the second. And no more.'] },
  endAt: 20_000,
};

const lost = new WireError('closed', 'The connection to Deepgram was lost (1006).', { retryable: true, closeCode: 1006 });

/** Its sockets are lost at these times of the call. */
const losing = (...times: readonly number[]): Wire => {
  const wire = auraWire(call);
  let began: number | undefined;
  return (frames) =>
    defer(() => {
      const now = asyncScheduler.now();
      began ??= now;
      const next = times.find((time) => time > now - began!);
      const loss = next === undefined ? NEVER : timer(next - (now - began)).pipe(mergeMap(() => throwError(() => lost)));
      return merge(frames.pipe(wire), loss.pipe(ignoreElements()));
    });
};

/** What went wrong, what was heard of both replies, and whether all went by the rules. */
function outcome(speak: ReturnType<typeof aura>) {
  const { events, history, violations } = simulate(call, { stages: { speak } });
  const failures = events.flatMap((event) =>
    event.type === 'Failure' ? [[event.stage, event.code, event.recovered, event.requestId !== undefined]] : [],
  );
  const heard = history.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  return { failures, heard, violations };
}

const first = 'It is the first. And a bit more of it.';
const second = 'It is the second. And no more.';

describe('an agent whose voice loses its socket', () => {
  it('plays the whole reply, and reports the loss', () => {
    // the turn ends at 1000, the model begins at 1200, the voice at 1400
    expect(outcome(aura({}, losing(1450)))).toEqual({
      failures: [['speak', 'closed', true, true]],
      heard: [first, second],
      violations: [],
    });
  });

  it('continues without audio after two losses, keeps what was audible, and speaks in the next turn', () => {
    const { failures, heard, violations } = outcome(aura({ random: () => 0 }, losing(1300, 1310)));

    expect(failures).toEqual([
      ['speak', 'closed', true, true],
      ['speak', 'closed', true, true],
    ]);
    expect(heard).toEqual([second]);
    expect(violations).toEqual([]);
  });

  it('keeps the audible part of a last sentence that breaks off', () => {
    // each socket is lost after 200 ms of sound: in the first sentence, then in the second
    const faults = [{ service: 'speak', kind: 'drop', after: 'audio', afterMessages: 5, times: 2 }] as const;
    const { history, violations } = simulate({ ...call, faults });
    const heard = history.filter(({ role }) => role === 'assistant').map(({ content }) => content);

    expect(heard).toEqual(['It is the first. And', second]);
    expect(violations).toEqual([]);
  });

  it('uses another voice after two losses', () => {
    const voices = withFallback(aura({ random: () => 0 }, losing(1300, 1310)), aura({}, auraWire(call)));

    expect(outcome(voices)).toEqual({
      failures: [
        ['speak', 'closed', true, true],
        ['speak', 'closed', true, true],
      ],
      heard: [first, second],
      violations: [],
    });
  });
});

describe('an agent whose voice misbehaves', () => {
  it.each([
    { kind: 'refuse', status: 429, times: 2 },
    { kind: 'refuse', status: 503, times: 3 },
    { kind: 'stall', connection: 0 },
    { kind: 'stall', after: 'audio', afterMessages: 5, connection: 0 },
    { kind: 'drop', connection: 0 },
    { kind: 'drop', after: 'audio', afterMessages: 5, times: 1 },
    { kind: 'drop', after: 'Flushed', times: 1 },
    { kind: 'close', code: 1008, after: 'audio', times: 1 },
    { kind: 'close', code: 1011, afterMs: 1600, times: 1 },
    { kind: 'malformed', after: 'audio' },
    { kind: 'unknown', after: 'audio' },
    { kind: 'duplicate', of: 'Flushed' },
    { kind: 'missing', of: 'Flushed' },
    { kind: 'late', of: 'Flushed', ms: 2000 },
    { kind: 'late', of: 'audio', ms: 1000 },
    { kind: 'slow', ms: 7000, times: 1 },
    { kind: 'odd' },
    { kind: 'split' },
  ])('has all of its replies heard: $kind, of $of, after $after, $status $code', (fault) => {
    const calm: Scenario = { ...call, flux: call.flux!.map((row) => ({ ...row, at: row.at > 5000 ? row.at + 20_000 : row.at })) };
    const faults = [{ service: 'speak', ...fault }] as NonNullable<Scenario['faults']>;
    const { history, violations } = simulate({ ...calm, endAt: 50_000, faults });

    expect(history.filter(({ role }) => role === 'assistant').map(({ content }) => content)).toEqual([first, second]);
    expect(violations).toEqual([]);
  });
});
