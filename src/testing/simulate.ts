import { defer, filter, map, type Observable, type OperatorFunction } from 'rxjs';
import type { AgentEvent, AudioChunk, ListenEvent, Message, Token } from '../../operators/events.ts';
import { remember } from '../../operators/call/history.ts';
import { speaker } from '../audio/speaker.ts';
import { auraWire, fluxWire, lazily, scriptedThink, type Scenario } from '../emulator/scenario/scenario.ts';
import { flux } from '../flux/flux.ts';
import type { AgentOptions, Control, Stages, TurnOperators } from '../agent/options.ts';
import { agent } from '../agent/agent.ts';
import { aura } from '../tts/aura.ts';
import { audible } from './audible.ts';
import { callerAudio, silence } from './callerAudio.ts';
import { RequestLog } from './requestLog.ts';
import type { Result } from './result.ts';
import { withSeededRandom } from './withSeededRandom.ts';
import type { TimedControl } from './callSettings.ts';
import { violations } from './violations.ts';
import { runInVirtualTime } from './runInVirtualTime.ts';
import { StageProbe } from './stageProbe.ts';

/** What a scenario gives to an agent beside the caller's audio: the far sides, the options, the controls in their time. */
export interface CallInputs {
  readonly stages: Stages;
  readonly options: AgentOptions;
  readonly controls$: Observable<Control>;
}

/**
 * An agent of the user's own: from audio to whatever it tells; it may use what the scenario gives. `AgentEvent`s that it tells are
 * the events of the call. One that tells none is judged by what its stages saw, and the events are what it listened to.
 */
export type CustomAgent = (audio: Observable<AudioChunk>, sides: CallInputs) => Observable<unknown>;

export type TurnOperator = OperatorFunction<ListenEvent, ListenEvent>;

export interface SimulateConfig {
  /** Takes the place of `agent(stages, options, controls$)`. */
  readonly agent?: CustomAgent;
  /** Take the place of the scenario's, one by one. */
  readonly stages?: Partial<Stages>;
  /** Stand behind `listen`, in this order; or, by name, in the place of our own. */
  readonly operators?: TurnOperator | readonly TurnOperator[] | Partial<TurnOperators>;
  /** Beat those of the scenario; here they may be functions too. */
  readonly options?: AgentOptions;
}

/**
 * Runs a whole call in virtual time: the scenario's Flux, model and voice, the real codecs of `flux` and `aura`, the real
 * speaker and the `agent` that users run. Nothing waits, and the same scenario gives the same bytes every time, also where
 * chance is used (`seed`).
 *
 *     simulate({ flux: [{ at: 900, message: { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'Hi.' } }] }).history
 *     // [{ role: 'user', content: 'Hi.' }, { role: 'assistant', content: 'Sure.' }]
 *
 * The caller's audio, which is silence, ends at `endAt`, and the call closes by itself. At `untilMs` it is unsubscribed, and
 * `violations` holds `unfinished`. A promise in a stage of your own resolves only after all is over.
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
  const controls = (scenario.controls ?? []) as readonly unknown[] as readonly TimedControl[]; // the schema has checked them
  let end: { readonly error?: unknown } | undefined;
  let alive = { requests: 0, subscriptions: 0, lags: false };

  const call = () => {
    const stages = probe.watching(stagesOf(scenario, config, log));
    const controls$ = lazily(controls);
    const sides: CallInputs = { stages, options, controls$ };
    const { agent: own } = config;
    const call = own
      ? defer(() => own(callerAudio(endAt), sides)).pipe(filter(isAgentEvent))
      : callerAudio(endAt).pipe(ours(sides, config));
    return call.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => (end = { error }),
      complete: () => (end = {}),
    });
  };
  const clock = withSeededRandom(scenario.seed ?? 1, () => {
    let hangUp: () => void = () => undefined;
    return runInVirtualTime({
      start: () => {
        const subscription = call();
        hangUp = () => subscription.unsubscribe();
      },
      over: () => end !== undefined,
      stop: () => {
        hangUp();
        alive = { requests: log.live, subscriptions: probe.live, lags: log.lags };
      },
      untilMs,
    });
  });

  const told = events.length > 0;
  const happened = told ? events : probe.turns;
  return {
    events: happened,
    history: remembered(events),
    requests: log.requests,
    said: events.filter((event) => event.type === 'Sentence').map(({ at, reply, text }) => ({ at, reply, text: text.trim() })),
    heard: told ? audible(events) : probe.heard,
    violations: violations({
      events,
      requested: log.requests,
      probe,
      told: { options, controls, endAt, closedAfter: probe.closedAfter },
      end,
      clock,
      ...alive,
    }),
  };
}

/** The conversation that the events tell of; each adds its own. */
function remembered(events: readonly AgentEvent[]): readonly Message[] {
  const messages: Message[] = [];
  for (const event of events) messages.push(...remember([], event));
  return messages;
}

const ours = (
  { stages, options, controls$ }: CallInputs,
  { operators }: SimulateConfig,
): OperatorFunction<AudioChunk, AgentEvent> => agent(stages, options, controls$, isNamed(operators) ? operators : {});

const isNamed = (operators: SimulateConfig['operators']): operators is Partial<TurnOperators> =>
  typeof operators === 'object' && !Array.isArray(operators);

const isAgentEvent = (value: unknown): value is AgentEvent =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value && 'at' in value;

function stagesOf(scenario: Scenario, { stages = {}, operators = [] }: SimulateConfig, log: RequestLog): Stages {
  const { encoding, sampleRateHz } = silence;
  const model = scriptedThink(scenario, log.note);
  const think: Stages['think'] = (messages) => model(messages).pipe(map((text): Token => ({ type: 'Token', text })));
  const listen = stages.listen ?? flux({ encoding, sampleRateHz }, fluxWire(scenario));
  const behind = isNamed(operators) ? [] : [operators].flat();
  return {
    listen: (input) => behind.reduce((turns, operator) => turns.pipe(operator), input.pipe(listen)),
    think: stages.think ? log.watching(stages.think) : think,
    speak: stages.speak ?? aura({}, auraWire(scenario)),
    play: stages.play ?? speaker(),
  };
}
