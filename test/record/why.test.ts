import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../operators/events.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { why } from '../../src/record/why.ts';
import { recorded } from './recordedCall.ts';

const row = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});

/** The agent speaks from 1300 ms on; at 2000 ms the caller begins, and has two words at 2300 ms. */
const call: Scenario = {
  flux: [
    row(500, 'StartOfTurn', 0, 'hi'),
    row(1000, 'EndOfTurn', 0, 'hi'),
    row(2000, 'StartOfTurn', 1, 'stop'),
    row(2300, 'Update', 1, 'stop it'),
    row(2600, 'EndOfTurn', 1, 'stop it'),
  ],
  model: { firstTokenMs: 200, tokenMs: 0, replies: ['This is a long answer to a short question, you know.'] },
  speech: { firstAudioMs: 100, msPerChar: 60 },
};

/** Why the first event of a type came to be. */
function whyOf(type: AgentEvent['type'], scenario: Scenario) {
  const { lines, events } = recorded(scenario);
  const id = events.find((event) => event.type === type)?.id ?? NaN;
  return why(readRecording(lines.join('\n')), id);
}

describe('why', () => {
  it('gives the chain of causes, and the policy that decided the event', () => {
    const chain = whyOf('BargeIn', { ...call, agent: { bargeIn: { minWords: 2 } } });

    expect(chain.slice(0, 3).map(({ text, policy }) => [text, policy])).toEqual([
      ['reply 1 was interrupted after 1.0 s', 'minWords 2'],
      ['the transcript of turn 0:1 was "stop it", 2 words', undefined],
      ['the caller began turn 0:1: "stop", 1 word', undefined],
    ]);
    expect(chain).toHaveLength(3);
  });

  it('gives the policy at the time of the event, as controls had changed it', () => {
    const controls = [
      { at: 1500, set: { bargeIn: { minWords: 2, minDurationMs: 100 } } },
      { at: 2500, set: { bargeIn: false } },
    ] as const;

    expect(whyOf('BargeIn', { ...call, controls })[0]?.policy).toBe('minWords 2, minDurationMs 100');
  });

  it('gives the cause of a barge-in with the default policy', () => {
    expect(whyOf('BargeIn', call).map(({ text, policy }) => [text, policy])).toEqual([
      ['reply 1 was interrupted after 0.7 s', 'minWords 0'],
      ['the caller began turn 0:1: "stop", 1 word', undefined],
    ]);
  });

  it('follows a reply back to the start of its turn', () => {
    const types = whyOf('SpeechStarted', call).map(({ event }) => event.type);

    expect(types[0]).toBe('SpeechStarted');
    expect(types).toEqual(
      expect.arrayContaining(['AudioStarted', 'Sentence', 'Token', 'ReplyStarted', 'TurnTaken', 'EndOfTurn']),
    );
    expect(types.at(-1)).toBe('StartOfTurn');
  });

  it('gives nothing for an event that is not there', () => {
    expect(why(readRecording(recorded(call).lines.join('\n')), 10_000)).toEqual([]);
  });

  it('ends where the line of a cause is missing, and never loops', () => {
    const { lines, events } = recorded(call);
    const cut = events.find(({ type }) => type === 'BargeIn');
    const without = lines.filter((line) => !line.includes(`"id":${cut?.cause}`));
    const round = lines.map((line) => line.replace(`"id":${cut?.cause}`, `"id":${cut?.cause},"cause":${cut?.id}`));

    expect(why(readRecording(without.join('\n')), cut?.id ?? NaN)).toHaveLength(1);
    expect(why(readRecording(round.join('\n')), cut?.id ?? NaN)).toHaveLength(2);
  });
});
