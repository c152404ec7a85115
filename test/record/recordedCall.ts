import { scriptedThink, fluxWire, auraWire, type Scenario } from '../../src/emulator/scenario/index.ts';
import { map } from 'rxjs';
import type { AgentEvent, Token } from '../../operators/events.ts';
import { flux } from '../../src/flux/flux.ts';
import { agent } from '../../src/agent/agent.ts';
import { aura } from '../../src/tts/aura.ts';
import { speaker } from '../../src/audio/speaker.ts';
import { record, type RecordConfig } from '../../src/record/file/record.ts';
import { simulate } from '../../src/testing/simulate.ts';
import type { AgentOptions } from '../../src/agent/options.ts';

const audio = { encoding: 'linear16', sampleRateHz: 16_000 } as const;

/** A scenario's call in virtual time, recorded at the wires: the lines, and what happened. */
export function recorded(
  scenario: Scenario,
  config: RecordConfig = {},
): { readonly lines: readonly string[]; readonly events: readonly AgentEvent[] } {
  const lines: string[] = [];
  const options = (scenario.agent ?? {}) as AgentOptions;
  const recording = record((line) => lines.push(line), { audio, ...config, options: { agent: options, ...config.options } });
  const model = scriptedThink(scenario);
  const { events } = simulate(scenario, {
    stages: {
      listen: flux({ ...audio, tap: recording.wire('listen') }, fluxWire(scenario)),
      think: recording.think((messages) => model(messages).pipe(map((text): Token => ({ type: 'Token', text })))),
      speak: aura({ tap: recording.wire('speak') }, auraWire(scenario)),
      play: speaker(),
    },
    agent: (source, { stages, options, controls$ }) =>
      source.pipe(recording.call(agent(stages, options, controls$.pipe(recording.controls())))),
  });
  return { lines, events };
}

/** The lines as values; all but the first have `at`. */
export const values = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
