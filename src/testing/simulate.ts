import { defer, filter, map, type Observable, type OperatorFunction } from 'rxjs';
import { remember } from '../../operators/call/history.ts';
import type { AgentEvent, AudioChunk, ListenEvent, Token } from '../../operators/events.ts';
import { agent } from '../agent/agent.ts';
import type { AgentOptions, Control, Stages, TurnOperators } from '../agent/options.ts';
import { speaker } from '../audio/speaker.ts';
import { auraWire, fluxWire, lazily, scriptedThink, type Scenario } from '../emulator/scenario/index.ts';
import { flux } from '../flux/flux.ts';
import { aura } from '../tts/aura.ts';
import { audible } from './audible.ts';
import { callerAudio, silence } from './callerAudio.ts';
import type { TimedControl } from './callSettings.ts';
import { RequestLog } from './requestLog.ts';
import type { Result } from './result.ts';
import { runInVirtualTime } from './runInVirtualTime.ts';
import { StageProbe } from './stageProbe.ts';
import { violations } from './violations.ts';
import { withSeededRandom } from './withSeededRandom.ts';

/** What an agent gets from a scenario beside the caller's audio: the services as stages, the options, and the controls in time. */
export interface CallInputs {
  readonly stages: Stages;
  readonly options: AgentOptions;
  readonly controls$: Observable<Control>;
}

/**
 * A user's own agent. The `AgentEvent`s that it emits are the events of the call. If it emits none, the rules look only at its stages,
 * and the events of the call are its turn events.
 */
export type CustomAgent = (audio: Observable<AudioChunk>, inputs: CallInputs) => Observable<unknown>;

export type TurnOperator = OperatorFunction<ListenEvent, ListenEvent>;

export interface SimulateConfig {
  /** Replaces `agent(stages, options, controls$)`. */
  readonly agent?: CustomAgent;
  /** Replace the stages of the scenario, one by one. */
  readonly stages?: Partial<Stages>;
  /** Follow `listen`, in this order; or, by name, replace the agent's turn operators. */
  readonly operators?: TurnOperator | readonly TurnOperator[] | Partial<TurnOperators>;
  /** Override the scenario's options; here they may be functions too. */
  readonly options?: AgentOptions;
}

/**
 * Runs a whole call in virtual time: the scenario's Flux, model and voice, the real codecs of `flux` and `aura`, the real
 * speaker and the `agent` that users run. It does not wait, and the same scenario gives the same result every time: random
 * numbers come from its `seed`.
 *
 *     simulate({ flux: [{ at: 900, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'Hi.' } }] }).history
 *     // [{ role: 'user', content: 'Hi.' }, { role: 'assistant', content: 'Sure.' }]
 *
 * The caller's audio is silence. It ends at `endAt` and the call closes. A call still open at `untilMs` is unsubscribed and has the
 * violation `unfinished`. Promises in your stages resolve only after the simulation.
 *
 * Throws `SluiceError` (`nested`) inside a marble test or another `simulate`.
 */
export function simulate(scenario: Scenario, config: SimulateConfig = {}): Result {
  const rows = [...(scenario.flux ?? []), ...(scenario.controls ?? [])];
  const endAt = scenario.endAt ?? rows.reduce((last, { at }) => Math.max(last, at), 0) + 1000;
  const untilMs = scenario.untilMs ?? endAt + 60_000;

  const events: AgentEvent[] = [];
  const log = new RequestLog(events);
  const probe = new StageProbe(events);
  const options = { ...(scenario.agent as AgentOptions | undefined), ...config.options };
  const controls = (scenario.controls ?? []) as readonly unknown[] as readonly TimedControl[]; // checked by the schema
  let end: { readonly error?: unknown } | undefined;
  let alive = { requests: 0, subscriptions: 0, lags: false };
  let hangUp: () => void = () => undefined;

  const clock = withSeededRandom(scenario.seed ?? 1, () =>
    runInVirtualTime({
      start: () => {
        const inputs = { stages: probe.in(stagesOf(scenario, config, log)), options, controls$: lazily(controls) };
        const subscription = callOf(config, callerAudio(endAt), inputs).subscribe({
          next: (event) => events.push(event),
          error: (error: unknown) => (end = { error }),
          complete: () => (end = {}),
        });
        hangUp = () => subscription.unsubscribe();
      },
      over: () => end !== undefined,
      stop: () => {
        hangUp();
        alive = { requests: log.live, subscriptions: probe.live, lags: log.lags };
      },
      untilMs,
    }),
  );

  const settings = { options, controls, endAt, closedAfter: probe.closedAfter };
  const hasEvents = events.length > 0;
  return {
    events: hasEvents ? events : probe.turns,
    history: events.flatMap((event) => remember([], event)),
    requests: log.requests,
    said: events.filter((event) => event.type === 'Sentence').map(({ at, reply, text }) => ({ at, reply, text: text.trim() })),
    heard: hasEvents ? audible(events) : probe.heard,
    violations: violations({ events, requested: log.requests, probe, settings, end, clock, ...alive }),
  };
}

function callOf({ agent: custom, operators }: SimulateConfig, audio: Observable<AudioChunk>, inputs: CallInputs) {
  if (custom) return defer(() => custom(audio, inputs)).pipe(filter(isAgentEvent));
  const { stages, options, controls$ } = inputs;
  return audio.pipe(agent(stages, options, controls$, isNamed(operators) ? operators : {}));
}

const isNamed = (operators: SimulateConfig['operators']): operators is Partial<TurnOperators> =>
  typeof operators === 'object' && !Array.isArray(operators);

const isAgentEvent = (value: unknown): value is AgentEvent =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value && 'at' in value;

function stagesOf(scenario: Scenario, { stages = {}, operators = [] }: SimulateConfig, log: RequestLog): Stages {
  const { encoding, sampleRateHz } = silence;
  const model = scriptedThink(scenario, log.note);
  const think: Stages['think'] = (messages) => model(messages).pipe(map((text): Token => ({ type: 'Token', text })));
  const listen = stages.listen ?? flux({ encoding, sampleRateHz }, fluxWire(scenario));
  const following = isNamed(operators) ? [] : [operators].flat();
  return {
    listen: (input) => following.reduce((turns, operator) => turns.pipe(operator), input.pipe(listen)),
    think: stages.think ? log.around(stages.think) : think,
    speak: stages.speak ?? aura({}, auraWire(scenario)),
    play: stages.play ?? speaker(),
  };
}
