import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Speak } from 'sluice';
import { checkCalls, inProcess, parseScenario, simulate, type CustomAgent, type Result } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { agent } from './agent.ts';

const exampleAgent: CustomAgent = (audio, { stages }) => audio.pipe(agent({ ...stages, speak: stages.speak as Speak }));

function play(name: string): Result {
  const scenario = parseScenario(readFileSync(new URL(`../fixtures/calls/${name}.json`, import.meta.url), 'utf8'));
  return simulate(scenario, { agent: exampleAgent, stages: inProcess(scenario) });
}

describe('the agent in one pipe', () => {
  it('answers every turn, and the call ends by itself', () => {
    const { requests, heard, violations } = play('two-turns');

    expect(requests.map(({ messages }) => messages.at(-1)?.content)).toEqual(['Book a table for two.', 'At eight.']);
    expect(heard).toHaveLength(2);
    expect(violations).toEqual([]);
  });

  it('speaks a draft as soon as its turn ends', () => {
    const { requests, heard } = play('eager');

    expect(requests.map(({ at }) => at)).toEqual([1200]);
    expect(heard).toMatchObject([{ from: 2000, text: 'You have two hundred dollars.' }]);
  });

  it('aborts the model when the turn resumes', () => {
    const { requests, heard } = play('resumed');

    expect(requests[0]).toMatchObject({ at: 1120, abortedAt: 1360 });
    expect(heard.map(({ text }) => text)).toEqual(['Two hundred dollars on savings.']);
  });

  it('cuts a reply when the caller starts a turn, and knows which words were heard', () => {
    const { heard } = play('barge-in');

    expect(heard[0]).toMatchObject({ to: 4000, text: expect.stringMatching(/^Today we have pasta with sage/u) as string });
    expect(heard[0]?.text).not.toContain('salad');
    expect(heard[1]?.text).toBe('One pasta.');
  });

  it('keeps every rule in generated calls of a well-behaved Flux', () => {
    const calls = { illegal: false, drops: false, faults: false, options: false, controls: false };

    expect(() => checkCalls(fc, { agent: exampleAgent, calls })).not.toThrow();
  });
});
