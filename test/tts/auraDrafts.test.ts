import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../operators/events.ts';
import { play, segmentsOf, type Call, type Heard, type Plan } from './auraCalls.ts';
import { soundOf, type AuraConfig } from './scriptedAura.ts';

/** A sentence whose `Speak` is its text, so that the sound of a segment follows from the text of the segment. */
function sentence(name: string, words: number): Sentence {
  const spoken = `${name} ${'word '.repeat(words).trim()}.`;
  return { text: `${spoken} `, spoken };
}

const ms = (max: number) => fc.integer({ min: 0, max });
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.record({ drop: ms(1000) }) },
  { weight: 1, arbitrary: fc.record({ settle: ms(900) }) },
  { weight: 2, arbitrary: fc.tuple(ms(900), ms(1500)).map(([settle, more]) => ({ settle, cut: settle + more })) },
);
const shape = fc.record({
  gapMs: ms(900),
  overlap: fc.boolean().chain((one) => fc.boolean().map((two) => one && two)),
  words: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  everyMs: ms(400),
  fate,
});
const plans = fc.array(shape, { minLength: 1, maxLength: 10 }).map((shapes): Plan[] =>
  shapes.map(({ words, ...plan }, reply) => ({
    ...plan,
    sentences: words.map((count, index) => sentence(`r${reply}s${index}`, count)),
  })),
);
const few = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 });
const far: fc.Arbitrary<AuraConfig> = fc.record({
  firstMs: ms(200),
  clearMs: ms(150),
  oneWayMs: ms(60),
  lateFrames: ms(4),
  flushedWhenCut: fc.boolean(),
  frameBytes: fc.integer({ min: 200, max: 1500 }),
  lostClears: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few }),
  refusedFlushes: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few }),
  lostSockets: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: few }),
});

/**
 * What must hold for any call, whatever was dropped, settled or cut; empty if it does. A reply may error of two lost sockets, and
 * a draft of one; sound may be cut short where a socket is lost.
 */
function violations(plans: readonly Plan[], { replies, log, errors }: Call, { lostSockets = [] }: AuraConfig): string[] {
  const found = [...log.breaches, ...errors.map(String)];
  if (replies.length !== plans.length) found.push(`only ${replies.length} of ${plans.length} replies started`);
  if (log.open !== 0) found.push(`${log.open} sockets are still open`);

  replies.forEach((heard, index) => {
    const { fate, sentences } = plans[index]!;
    const segments = segmentsOf(heard);
    const text = sentences.map((one) => one.text).join('');
    const said = segments.map((one) => one.text).join('');
    const settled = 'settle' in fate && (heard.endedMs ?? Infinity) > fate.settle;
    const excused = heard.ended === 'errored' && (settled ? log.sockets > 2 : lostSockets.length > 0);
    const whole = 'settle' in fate && fate.cut === undefined && !excused;

    if (heard.late > 0) found.push(`reply ${index} went on after its end`);
    if (!text.startsWith(said)) found.push(`reply ${index} was given "${said}"`);
    for (const { text, sound, whole } of segments) {
      const expected = Buffer.from(soundOf(text));
      if (!expected.subarray(0, sound.length).equals(sound)) found.push(`reply ${index}: the sound of "${text}" is another's`);
      if (whole && sound.length !== expected.length && lostSockets.length === 0)
        found.push(`reply ${index}: the sound of "${text}" is cut short`);
    }
    if (whole && heard.ended !== 'completed') found.push(`reply ${index} ${heard.ended ?? 'did not end'}`);
    if (whole && said !== text) found.push(`of reply ${index} only "${said}" was said`);
  });
  return found;
}

describe('aura, on one socket for drafts that come and go', () => {
  it('gives each reply its own complete audio, breaks no limit, and leaves nothing running', { timeout: 120_000 }, () => {
    const seen = { clears: 0, replaced: 0, completed: 0, left: 0, errored: 0 };
    const count = (replies: Call['replies'], how: Heard['ended']) => replies.filter(({ ended }) => ended === how).length;

    fc.assert(
      fc.property(plans, far, (plans, config) => {
        const call = play(plans, config);
        seen.clears += call.log.clears;
        seen.replaced += call.log.sockets - 1;
        seen.completed += count(call.replies, 'completed');
        seen.left += count(call.replies, 'left');
        seen.errored += count(call.replies, 'errored');
        expect(violations(plans, call, config)).toEqual([]);
      }),
      { numRuns: 2000, seed: 7 },
    );

    expect(Math.min(seen.clears, seen.completed, seen.left)).toBeGreaterThan(1000);
    expect(seen.replaced).toBeGreaterThan(50);
    expect(seen.errored).toBeGreaterThan(5);
    expect(seen.errored).toBeLessThan(seen.replaced / 4);
  });
});
