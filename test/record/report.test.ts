import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import { speculateWithin } from '../../operators/turns/speculateWithin.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { reportOf } from '../../src/record/report.ts';
import { simulate } from '../../src/testing/simulate.ts';

const row = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** The model's first token comes after 200 ms and all with it, its sound 100 ms after that; a character takes 50 ms. */
const timings: Scenario = {
  model: { firstTokenMs: 200, tokenMs: 0, replies: ['Sure it is.'] },
  speech: { firstAudioMs: 100, msPerChar: 50 },
};

const asked: Scenario = { ...timings, flux: [row(500, 'StartOfTurn', 0, 'hi'), row(1000, 'EndOfTurn', 0, 'hi')], endAt: 3000 };
const drafted: Scenario = {
  ...timings,
  flux: [
    row(500, 'StartOfTurn', 0, 'hi'),
    row(1000, 'EagerEndOfTurn', 0, 'hi'),
    row(1100, 'TurnResumed', 0, 'hi'),
    row(1500, 'EagerEndOfTurn', 0, 'hi you'),
    row(2000, 'EndOfTurn', 0, 'hi you'),
    row(2400, 'StartOfTurn', 1, ''),
    row(2800, 'EndOfTurn', 1, ''),
  ],
  endAt: 4000,
};
const failing: Scenario = {
  ...asked,
  model: { ...timings.model, replies: [{ say: 'Sure it is.', status: 500 }] },
};

const of = (...calls: readonly Scenario[]) => reportOf(calls.map((call) => simulate(call).events));

describe('the report of calls', () => {
  it('measures each interval of a reply', () => {
    const { latency } = of(asked);

    expect(latency['end of turn → first token']).toEqual({ count: 1, p50: 200, p95: 200, longest: 200 });
    expect(latency['first token → first audio']).toEqual({ count: 1, p50: 100, p95: 100, longest: 100 });
    expect(latency['first audio → first sound']).toEqual({ count: 1, p50: 0, p95: 0, longest: 0 });
    expect(latency['end of turn → first sound']).toEqual({ count: 1, p50: 300, p95: 300, longest: 300 });
  });

  it('gives percentiles of many calls, by nearest rank', () => {
    const slower = (ms: number): Scenario => ({ ...asked, model: { ...timings.model, firstTokenMs: ms } });
    const { calls, turns, latency } = of(...Array.from({ length: 21 }, (_, k) => slower(10 * (k + 1))));

    expect({ calls, turns }).toEqual({ calls: 21, turns: 21 });
    expect(latency['end of turn → first token']).toEqual({ count: 21, p50: 110, p95: 200, longest: 210 });
  });

  it('counts a token that came before the end of its turn as no wait', () => {
    expect(of(drafted).latency['end of turn → first token']).toMatchObject({ count: 1, p50: 0 });
  });

  it('counts drafts, interruptions and ignored turns', () => {
    const { drafts, bargeIns, replies, cut, unheard, ignored } = of(drafted);

    expect(drafts).toMatchObject({ started: 2, kept: 1, won: 1 });
    expect(drafts.dropped.resumed).toBe(1);
    expect({ bargeIns, replies, cut, unheard }).toEqual({ bargeIns: 1, replies: 1, cut: 1, unheard: 0 });
    expect(ignored).toEqual({ empty: 1 });
  });

  it('counts drafts that were shed to keep a budget', () => {
    const within = (draftsPerMinute: number) =>
      reportOf([simulate(drafted, { operators: { replyMap: speculateWithin({ draftsPerMinute }) } }).events]).drafts.shed;

    expect(within(10)).toEqual({ drafts: 0, speech: 0 });
    expect(within(2)).toEqual({ drafts: 0, speech: 1 });
    expect(within(1)).toEqual({ drafts: 1, speech: 0 });
    expect(within(0)).toEqual({ drafts: 2, speech: 0 });
  });

  it('counts no speech as shed where drafts do not speak', () => {
    const operators = { replyMap: speculateWithin({ draftsPerMinute: 2 }) };
    const { events } = simulate(drafted, { operators, options: { eager: 'text' } });

    expect(reportOf([events]).drafts.shed).toEqual({ drafts: 0, speech: 0 });
  });

  it('counts a reply that was stopped before any of it was heard as cancelled, and not as interrupted', () => {
    const over = [row(1100, 'StartOfTurn', 1, 'wait'), row(1600, 'EndOfTurn', 1, 'wait now')];
    const { replies, unheard, cancelled, cut, turns } = of({ ...asked, flux: [...(asked.flux ?? []), ...over] });

    expect({ turns, replies, unheard, cancelled, cut }).toEqual({ turns: 2, replies: 2, unheard: 1, cancelled: 1, cut: 0 });
  });

  it('does not count a reply without sound as cancelled where nobody stopped it', () => {
    const { replies, unheard, cancelled } = of({ ...asked, speech: { silent: true } });

    expect({ replies, unheard, cancelled }).toEqual({ replies: 1, unheard: 1, cancelled: 0 });
  });

  it('measures the wait for the end of a turn on the audio clock, whenever the events came', () => {
    const words = [{ word: 'hi', confidence: 1, from: 100, to: 700 }];
    const late = (event: AgentEvent) =>
      event.type === 'EndOfTurn' ? { ...event, words, audioEndMs: 1000, at: event.at + 90 } : event;
    const { latency } = reportOf([simulate(asked).events.map(late)]);

    expect(latency['end of speech → end of turn']).toMatchObject({ count: 1, p50: 300 });
    expect(latency['end of speech → first sound']).toMatchObject({ count: 1, p50: 300 + 300 - 90 });
  });

  it('counts failures by kind, the most frequent first', () => {
    const { failures } = of(failing, failing, { ...failing, flux: [...(failing.flux ?? []), { at: 2000, drop: true }] });

    expect(failures.map(({ stage, code, recovered, count }) => [stage, code, recovered, count])).toEqual([
      ['think', 'failed', true, 3],
      ['listen', 'closed', true, 1],
    ]);
  });

  it('has no figures without calls', () => {
    const { calls, turns, latency } = of();

    expect({ calls, turns }).toEqual({ calls: 0, turns: 0 });
    expect(Object.values(latency)).toEqual(Array.from({ length: 6 }, () => null));
  });
});
