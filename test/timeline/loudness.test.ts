import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/record/file/lines.ts';
import { clockOf, loudnessOf } from '../../src/timeline/loudness.ts';
import type { Sound } from '../../src/timeline/sound.ts';

const audio = { encoding: 'linear16', sampleRateHz: 16_000 } as const;

describe('loudnessOf', () => {
  const loud: Sound = {
    url: '',
    rateHz: 16_000,
    durationMs: 1000,
    peak: (side, from) => (side === 'caller' ? 200 : Math.round(from / 16)),
  };
  const drawn = (lines: readonly Line[], durationMs: number, sound?: Sound) => {
    const { stepMs, caller, agent } = loudnessOf(lines, durationMs, audio, sound);
    const bytes = (base64: string) => [...Buffer.from(base64, 'base64')];
    return { stepMs, caller: bytes(caller), agent: bytes(agent) };
  };

  it('places sound before the line that reports its end', () => {
    const lines: Line[] = [
      { at: 100, caller: 2560, offset: 0 },
      { at: 180, caller: 2560, offset: 1280 },
    ];

    expect(drawn(lines, 200, loud)).toEqual({
      stepMs: 20,
      caller: [0, 200, 200, 200, 200, 200, 200, 200, 200, 0],
      agent: Array(10).fill(0),
    });
  });

  it('places pieces that are reported at once one after another', () => {
    // at 160 ms two lines report 80 ms; their samples are at 1000 ms in the WAV
    const lines: Line[] = [
      { at: 160, heard: 640, offset: 16_000 },
      { at: 160, heard: 1920, offset: 16_320 },
    ];
    const at: Sound = { ...loud, peak: (_, from) => Math.round(from / 16 / 10) };

    expect(drawn(lines, 160, at).agent).toEqual([0, 0, 0, 0, 100, 102, 104, 106]);
  });

  it('shows a caller who is played faster in the time it took', () => {
    const lines: Line[] = [20, 40, 60].map((at, index) => ({ at, caller: 2560, offset: index * 1280 }));

    // 80 ms of sound in 20 ms: each step has the chunk that came in it, and no other
    const chunk: Sound = { ...loud, peak: (_, from, to) => (to - from === 1280 ? 1 + from / 1280 : 0) };

    expect(drawn(lines, 100, chunk).caller).toEqual([1, 2, 3, 0, 0]);
  });

  it('takes longer steps for a call that claims to be longer than a day', () => {
    const { stepMs, caller } = drawn([{ at: 2 ** 31, caller: 2560, offset: 0 }], 2 ** 31);

    expect([stepMs, caller.length, caller.at(-1)]).toEqual([512, 2 ** 22, 96]);
  });

  it('shows bars for missing sound', () => {
    expect(drawn([{ at: 40, heard: 640, offset: 0 }], 60).agent).toEqual([0, 96, 0]);
  });
});

describe('clockOf', () => {
  it('has no points without sound', () => {
    expect(clockOf([{ at: 90, caller: 2560, offset: 0 }], undefined)).toEqual([]);
  });

  it('has a point a second, where a line ends, by the sound of the caller and then of the agent', () => {
    const caller = Array.from({ length: 50 }, (_, index): Line => ({ at: 90 + index * 80, caller: 2560, offset: index * 1280 }));
    const agent: Line[] = [{ at: 9000, heard: 320, offset: 142_000 }];

    expect(clockOf([...caller, ...agent], audio)).toEqual([
      [90, 80],
      [1130, 1120],
      [2170, 2160],
      [3210, 3200],
      [9000, 8885],
    ]);
  });
});
