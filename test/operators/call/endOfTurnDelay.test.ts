import { describe, expect, it } from 'vitest';
import { endOfTurnDelay } from '../../../operators/call/endOfTurnDelay.ts';
import { turnEvent } from '../../../src/testing/turns.ts';

const word = (to?: number) => ({ word: 'yes', confidence: 1, ...(to !== undefined && { from: to - 300, to }) });

describe('endOfTurnDelay', () => {
  it('counts from the end of the last word to the end of the audio', () => {
    const end = turnEvent('EndOfTurn', 'yes yes', '0:0', { words: [word(400), word(800)], audioEndMs: 1995 });
    expect(endOfTurnDelay(end)).toBe(1195);
  });

  it('is null if words have no times, or without words', () => {
    expect(endOfTurnDelay(turnEvent('EndOfTurn', 'yes', '0:0', { words: [word()], audioEndMs: 1995 }))).toBeNull();
    expect(endOfTurnDelay(turnEvent('EndOfTurn', '', '0:0', { words: [], audioEndMs: 1995 }))).toBeNull();
  });

  it('is never negative, though a word may end after the audio that Flux reports', () => {
    expect(endOfTurnDelay(turnEvent('EndOfTurn', 'yes', '0:0', { words: [word(900)], audioEndMs: 880 }))).toBe(0);
  });
});
