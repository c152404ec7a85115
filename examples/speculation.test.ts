import { readFileSync } from 'node:fs';
import { filter, map, NEVER, of, reduce } from 'rxjs';
import { isTurnEvent, type Speak, type TurnEvent } from 'sluice';
import { inProcess, parseScenario, simulate, type CustomAgent, type Result } from 'sluice/testing';
import { describe, expect, it } from 'vitest';
import { speculation } from './speculation.ts';

/** The example, with the recogniser, model, voice and loudspeaker of a scenario. */
const agent: CustomAgent = (audio, { stages: { listen, think, speak, play } }) => {
  const write = (turn: TurnEvent) =>
    think([{ role: 'user', content: turn.transcript }]).pipe(
      reduce((text, thought) => (thought.type === 'Token' ? text + thought.text : text), ''),
    );
  const say = (text: string) =>
    of({ text, spoken: text }).pipe(
      (speak as Speak)({ settled: of(true) }),
      filter((event) => event.type === 'Speech'),
      play(NEVER),
      map(({ heard }) => heard),
    );
  return audio.pipe(listen, filter(isTurnEvent), speculation(write, say));
};

function play(name: string): Result {
  const scenario = parseScenario(readFileSync(new URL(`../fixtures/calls/${name}.json`, import.meta.url), 'utf8'));
  return simulate(scenario, { agent, stages: inProcess(scenario) });
}

describe('speculation', () => {
  it('writes the reply at EagerEndOfTurn and speaks it at EndOfTurn', () => {
    const { requests, heard } = play('eager');

    expect(requests.map(({ at }) => at)).toEqual([1200]);
    expect(heard).toMatchObject([{ text: 'You have two hundred dollars.' }]);
    expect(heard[0]?.from).toBeGreaterThanOrEqual(2000);
  });

  it('aborts the model at TurnResumed and writes another reply at the next EagerEndOfTurn', () => {
    const { requests, heard } = play('resumed');

    expect(requests.map(({ at, abortedAt }) => ({ at, abortedAt }))).toEqual([
      { at: 1120, abortedAt: 1360 },
      { at: 1840, abortedAt: undefined },
    ]);
    expect(heard).toMatchObject([{ text: 'Two hundred dollars on savings.' }]);
  });

  it('stops speaking at the next StartOfTurn', () => {
    const { heard } = play('barge-in-eager');

    expect(heard.map(({ to }) => to)).toEqual([4000]);
  });
});
