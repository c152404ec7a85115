import { describe, expect, it } from 'vitest';
import { wavPosition } from '../../src/cli/wavPosition.ts';

describe('wavPosition', () => {
  it('equals the clock at normal speed', () => {
    const place = wavPosition(1, 1000);
    expect([place(300, 100), place(400, 100), place(2500, 40)]).toStrictEqual([300, 400, 2500]);
  });

  it('puts a reply where the caller was when it began, and leaves no gap in it', () => {
    const place = wavPosition(4, 8000);
    expect([place(500, 100), place(600, 100), place(700, 50)]).toStrictEqual([2000, 2100, 2200]);
    expect(place(1000, 100)).toBe(4000);
  });

  it("follows the clock after the caller's audio has ended", () => {
    expect(wavPosition(4, 8000)(2500, 100)).toBe(8500);
  });

  it('never puts one reply over another', () => {
    const place = wavPosition(0.5, 10_000);
    expect([place(2000, 3000), place(5500, 100)]).toStrictEqual([1000, 4000]);
  });
});
