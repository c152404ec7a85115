import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  EMPTY,
  firstValueFrom,
  from,
  ignoreElements,
  interval,
  map,
  NEVER,
  of,
  repeat,
  tap,
  throwError,
  timer,
  type OperatorFunction,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { hour } from '../../bench/hour.ts';
import type { ListenEvent, Thought } from '../../operators/events.ts';
import { parseScenario } from '../../src/emulator/scenario/parseScenario.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import type { Stages } from '../../src/agent/options.ts';
import { inProcess, simulate, type CustomAgent, type Result, type SimulateConfig } from '../../src/testing/index.ts';
import { marbles } from '../withMarbles.ts';

const row = (at: number, event: string, transcript: string, turn_index = 0) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript },
});
const hello: Scenario = { flux: [row(400, 'StartOfTurn', 'Hello'), row(900, 'EndOfTurn', 'Hello.')] };
const greeted = [
  { role: 'user', content: 'Hello.' },
  { role: 'assistant', content: 'Sure.' },
];

const rules = ({ violations }: Result) => violations.map(({ rule }) => rule);
const failures = ({ events }: Result) =>
  events.flatMap((event) => (event.type === 'Failure' ? [`${event.stage} ${event.code}: ${event.message}`] : []));
const codeOf = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

const calls = resolve(import.meta.dirname, '../../fixtures/calls');
const files = readdirSync(calls).filter((name) => name.endsWith('.json'));
const read = (name: string) => parseScenario(readFileSync(join(calls, name), 'utf8'), name);

describe('a simulated call', () => {
  it('has the same result every time, whatever was simulated before it', () => {
    const first = JSON.stringify(files.map((name) => simulate(read(name))));
    simulate(hello, { agent: () => interval(0) });
    codeOf(() => simulate(hello, { stages: { think: () => asyncError } }));

    expect(JSON.stringify(files.map((name) => simulate(read(name))))).toBe(first);
  });

  it('has the same result from the very same objects', () => {
    const call = read('dropped.json');
    const first = JSON.stringify(simulate(call));

    expect(JSON.stringify(simulate(call))).toBe(first);
  });

  it('uses random numbers of its seed, and restores Math.random', () => {
    const chance = (seed?: number) => {
      const drawn: number[] = [];
      const think = () => defer(() => of<Thought>({ type: 'Token', text: String(drawn.push(Math.random())) }));
      simulate({ ...hello, ...(seed !== undefined && { seed }) }, { stages: { think } });
      return drawn;
    };
    const { random } = Math;

    expect(chance(1)).toEqual(chance());
    expect(chance(2)).toEqual(chance(2));
    expect(chance(2)).not.toEqual(chance(1));
    expect(chance(1)).toHaveLength(1);
    expect(Math.random).toBe(random);
  });

  it.each(files)('of fixtures/calls/%s breaks no rule, through the codecs or past them', (name) => {
    const call = read(name);

    expect(simulate(call).violations).toEqual([]);
    expect(simulate(call, { stages: inProcess(call) }).violations).toEqual([]);
  });

  it.each(files)('of fixtures/calls/%s hears the same turns past the codecs as through them', (name) => {
    const call = read(name);
    const turns = ({ events }: Result) =>
      events.flatMap((event) => ('transcript' in event ? [{ ...event, id: undefined, cause: undefined }] : []));

    expect(turns(simulate(call, { stages: inProcess(call) }))).toEqual(turns(simulate(call)));
    expect(turns(simulate(call))).not.toEqual([]);
  });

  it('has the same explicit fields of a scenario past the codecs as through them', () => {
    const words = [{ word: 'Hola', confidence: 0.5, start: 0.1, end: 0.35 }, { word: 'bye' }];
    const fields = { words, languages: ['es', 'en'], end_of_turn_confidence: 0.9, trigger: 'timeout', audio_window_end: 0.7 };
    const { at, message } = row(800, 'EndOfTurn', 'Hola bye');
    const call: Scenario = { flux: [row(300, 'Sigh', 'Hola'), { at, message: { ...message, ...fields } }] };
    const turn = ({ events }: Result) => events.find(({ type }) => type === 'EndOfTurn');

    expect(turn(simulate(call))).toMatchObject({
      words: [
        { word: 'Hola', confidence: 0.5, from: 100, to: 350 },
        { word: 'bye', confidence: 0 },
      ],
      languages: ['es', 'en'],
      confidence: 0.9,
      trigger: 'timeout',
      audioEndMs: 700,
    });
    expect(turn(simulate(call, { stages: inProcess(call) }))).toEqual(turn(simulate(call)));
  });

  it('of an hour, 45,000 chunks and 1000 turns, answers every one of them', () => {
    let chunks = 0;
    const counting: OperatorFunction<unknown, never> = (audio) =>
      audio.pipe(
        tap(() => chunks++),
        ignoreElements(),
      );
    simulate({ endAt: 3_600_000 }, { stages: { listen: counting } });
    const { history, events, requests, violations } = simulate(hour);

    expect(chunks).toBe(45_000);
    expect(violations).toEqual([]);
    expect(history.filter(({ role }) => role === 'user')).toHaveLength(1000);
    expect(history.filter(({ content }) => content === 'There are forty of them left.')).toHaveLength(1000);
    expect(requests).toHaveLength(1000);
    expect(requests.every(({ draft, tokens, abortedAt }) => draft && tokens === 6 && abortedAt === undefined)).toBe(true);
    expect(events.filter((event) => event.type === 'ReplyStarted' && event.drafted)).toHaveLength(1000);
    // What is audible begins with the end of its turn: each draft had 320 ms, and 200 + 5 × 20 + 120 are over 100 ms later.
    expect(events.find(({ type }) => type === 'SpeechStarted')?.at).toBe(1060);
  });
});

const asyncError = timer(1).pipe(concatMap(() => throwError(() => new Error('broken'))));

describe('a simulation always ends:', () => {
  const own = (agent: CustomAgent, scenario: Scenario = { endAt: 1000, untilMs: 5000 }) => simulate(scenario, { agent });

  it('an agent that never completes is unsubscribed at untilMs', () => {
    expect(own((audio) => concat(audio.pipe(ignoreElements()), NEVER)).violations).toEqual([
      {
        rule: 'unfinished',
        at: 1000,
        message: expect.stringContaining('no timer was left that could end it') as string,
        events: [],
      },
    ]);
    expect(own(() => interval(10)).violations).toEqual([
      { rule: 'unfinished', at: 5000, message: 'The call was still open at its time limit.', events: [] },
    ]);
  });

  it.each<[string, CustomAgent]>([
    ['an interval of nothing', () => interval(0)],
    ['a timer that is set again and again', () => timer(0).pipe(repeat())],
    ['an interval of next to nothing', () => interval(1e-6)],
  ])('%s is time that stands still', (_, agent) => {
    expect(own(agent).violations).toMatchObject([
      { rule: 'unfinished', message: expect.stringContaining('timers of 0 ms followed one another') as string },
    ]);
  });

  it('a stage that loops while time stands still is unfinished', () => {
    const think = () => interval(0).pipe(ignoreElements());

    expect(rules(simulate(hello, { stages: { think } }))).toContain('unfinished');
  });

  it('an agent that throws is reported, at once or later', () => {
    const thrower: CustomAgent = () => {
      throw new Error('broken');
    };

    expect(own(thrower).violations).toMatchObject([
      { rule: 'threw', at: 0, message: 'The call failed with an error that it had not reported: Error: broken' },
    ]);
    expect(own(() => asyncError).violations).toMatchObject([
      { rule: 'threw', at: 1, message: 'The call failed with an error that it had not reported: Error: broken' },
    ]);
  });

  it('an agent that goes on after its end is reported', () => {
    const late: CustomAgent = (audio) => {
      timer(3000).subscribe();
      return audio;
    };

    expect(own(late).violations).toMatchObject([{ rule: 'alive', message: 'Still active after the end of the call: 1 timer.' }]);
  });

  it('an agent with a promise is unfinished, because promises need real time', () => {
    expect(rules(own((audio) => audio.pipe(concatMap(() => Promise.resolve(1)))))).toEqual(['unfinished']);
  });

  it('a model with a promise counts as one that does not answer', () => {
    const think = () => from(Promise.resolve<Thought>({ type: 'Token', text: 'Never.' }));
    const result = simulate(hello, { stages: { think } });

    expect(failures(result)[0]).toMatch(/^think first-token: /u);
    expect(result.history[1]?.content).toBe('I heard you say: Hello.');
    expect(result.violations).toEqual([]);
  });
});

describe('a stage that throws when it is called', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const ends = (stages: Partial<Stages>) => {
    const result = simulate(hello, { stages });
    return { failures: failures(result), rules: rules(result), history: result.history };
  };

  it('listen ends the call with a Failure', () => {
    expect(ends({ listen: broken })).toEqual({ failures: ['listen failed: broken'], rules: [], history: [] });
  });

  it('think is a model that fails: the fallback line is spoken', () => {
    expect(ends({ think: broken })).toEqual({
      failures: ['think failed: broken'],
      rules: [],
      history: [greeted[0], { role: 'assistant', content: 'I heard you say: Hello.' }],
    });
  });

  it('speak is a voice that fails: the call goes on', () => {
    const { failures, rules } = ends({ speak: broken });

    expect(failures).toContain('speak failed: broken');
    expect(rules).toEqual([]);
  });

  it('play is reported, and the call goes on', () => {
    const { failures, rules } = ends({ play: broken });

    expect(failures).toContain('play failed: broken');
    expect(rules).toEqual([]);
  });

  it('a turn operator ends the call with a Failure', () => {
    const operators: SimulateConfig['operators'] = map((event: ListenEvent): ListenEvent => {
      if (event.type === 'EndOfTurn') throw new Error('broken');
      return event;
    });
    const result = simulate(hello, { operators });

    expect(failures(result)).toEqual(['listen failed: broken']);
    expect(result.violations).toEqual([]);
  });
});

describe('simulate', () => {
  it('throws within itself, and the outer call goes on', () => {
    const codes: unknown[] = [];
    const think = () => {
      codes.push(codeOf(() => simulate(hello)));
      return of<Thought>({ type: 'Token', text: 'Sure.' });
    };
    const { history, violations } = simulate(hello, { stages: { think } });

    expect({ codes, history, violations }).toEqual({ codes: ['nested'], history: greeted, violations: [] });
  });

  it('throws within a TestScheduler', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));

    expect(scheduler.run(() => codeOf(() => simulate(hello)))).toBe('nested');
  });

  it(
    'is refused within a marble test',
    marbles((m) => {
      expect(codeOf(() => simulate(hello))).toBe('nested');
      m.expect(timer(3)).toBeObservable('---(0|)', { 0: 0 });
    }),
  );

  it('rethrows unhandled errors, and restores real time', async () => {
    const agent: CustomAgent = () =>
      defer(() => {
        asyncError.subscribe();
        return timer(10);
      });
    const { random } = Math;

    expect(() => simulate(hello, { agent })).toThrow('broken');
    expect(Math.random).toBe(random);
    expect(asyncScheduler.now()).toBeGreaterThan(1e12);
    expect(await firstValueFrom(timer(1))).toBe(0);
    expect(simulate(hello).history).toEqual(greeted);
  });

  it('runs within a timer of real time', async () => {
    const history = firstValueFrom(timer(1).pipe(map(() => simulate(hello).history)));

    expect(await history).toEqual(greeted);
  });

  it('passes a custom agent only the audio and the inputs of the scenario', () => {
    const events: unknown[] = [];
    const agent: CustomAgent = (audio, { stages, controls$, options }) =>
      concat(
        audio.pipe(stages.listen),
        defer(() => controls$),
        of(options),
      ).pipe(
        tap((event) => events.push(event)),
        concatMap(() => EMPTY),
      );
    const call: Scenario = { ...hello, controls: [{ at: 100, say: 'Wait.' }], agent: { eager: 'off' } };

    expect(rules(simulate(call, { agent }))).not.toContain('unfinished');
    expect(events).toMatchObject([
      { type: 'Connected' },
      { type: 'StartOfTurn' },
      { type: 'EndOfTurn' },
      { at: 100, say: 'Wait.' },
      { eager: 'off' },
    ]);
  });
});
