import { describe, expect, it } from 'vitest';
import { endOfTurnConfidence, wantsAnother } from '../../src/local/confidence.ts';

describe('endOfTurnConfidence', () => {
  it.each([
    [0.3, 160, 234],
    [0.4, 251, 367],
    [0.5, 367, 538],
    [0.7, 731, 1072],
    [0.85, 1292, 1894],
    [0.9, 1647, 2412],
    [0.95, 2288, 3351],
  ])('reaches %d after the silence that its table says', (threshold, complete, open) => {
    expect(endOfTurnConfidence('Go on.', complete)).toBeCloseTo(threshold, 2);
    expect(endOfTurnConfidence('Go on,', open)).toBeCloseTo(threshold, 2);
  });

  it('is low while there is voice', () => {
    expect(endOfTurnConfidence('Go on.', 0)).toBe(0.05);
  });

  it('is nothing without words', () => {
    expect(endOfTurnConfidence('', 3000)).toBe(0);
  });
});

describe('wantsAnother', () => {
  it.each(['Had he married,', 'Ask not.', 'Go to the', 'Bread and…', 'I want to', "I'm.", 'this is -'])(
    'waits after "%s"',
    (text) => {
      expect(wantsAnother(text)).toBe(true);
    },
  );

  it.each(['Go forward ten meters.', 'Yes.', 'Turn it on', 'What is that?', 'No.', '42'])('does not wait after "%s"', (text) => {
    expect(wantsAnother(text)).toBe(false);
  });
});
