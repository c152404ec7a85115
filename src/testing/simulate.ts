import { map } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';
import type { AgentEvent, AudioChunk, ListenEvent, Message, Token } from '../../operators/events.ts';
import { remember } from '../../operators/history.ts';
import { speaker } from '../audio/speaker.ts';
import { auraWire, fluxWire, lazily, scriptedThink, type Scenario } from '../emulator/scenario.ts';
import { flux } from '../flux/flux.ts';
import type { AgentOptions, Control, Stages } from '../options.ts';
import { agent } from '../pipeline.ts';
import { aura } from '../tts/aura.ts';
import { audible } from './audible.ts';
import { line, silence } from './line.ts';
import { reconnecting } from './reconnecting.ts';
import { RequestLog } from './requestLog.ts';
import type { Result } from './result.ts';
import { seeded } from './seeded.ts';
import { violations } from './violations.ts';
import { virtually } from './virtualTime.ts';

/** What a scenario gives to an agent beside the caller's audio: the far sides, the options, the controls in their time. */
export interface Sides {
  readonly stages: Stages;
  readonly options: AgentOptions;
  readonly controls$: Observable<Control>;
}

/** An agent of the user's own: any operator from audio to events; it may use what the scenario gives. */
export type OwnAgent = (audio: Observable<AudioChunk>, sides: Sides) => Observable<AgentEvent>;

export type TurnOperator = OperatorFunction<ListenEvent, ListenEvent>;

export interface SimulateConfig {
  /** Takes the place of `agent(stages, options, controls$)`. */
  readonly agent?: OwnAgent;
  /** Take the place of the scenario's, one by one. */
  readonly stages?: Partial<Stages>;
  /** Stand behind `listen`, in this order. */
  readonly operators?: TurnOperator | readonly TurnOperator[];
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
  let end: { readonly error?: unknown } | undefined;
  let live = 0;
  let lags = false;

  const call = () => {
    const sides = sidesOf(scenario, config, log);
    return (config.agent ?? ours)(line(endAt), sides).subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => (end = { error }),
      complete: () => (end = {}),
    });
  };
  const clock = seeded(scenario.seed ?? 1, () => {
    let hangUp: () => void = () => undefined;
    return virtually({
      start: () => {
        const subscription = call();
        hangUp = () => subscription.unsubscribe();
      },
      over: () => end !== undefined,
      stop: () => {
        hangUp();
        live = log.live;
        lags = log.lags;
      },
      untilMs,
    });
  });

  return {
    events,
    history: events.reduce<readonly Message[]>(remember, []),
    requests: log.requests,
    said: events.flatMap((event) =>
      event.type === 'Sentence' ? [{ at: event.at, reply: event.reply, text: event.text.trim() }] : [],
    ),
    heard: audible(events),
    violations: violations(events, { end, clock, live, lags }),
  };
}

const ours: OwnAgent = (audio, { stages, options, controls$ }) => audio.pipe(agent(stages, options, controls$));

function sidesOf(scenario: Scenario, { stages = {}, operators = [], options }: SimulateConfig, log: RequestLog): Sides {
  const { encoding, sampleRateHz } = silence;
  const model = scriptedThink(scenario, log.note);
  const think: Stages['think'] = (messages) => model(messages).pipe(map((text): Token => ({ type: 'Token', text })));
  const listen = stages.listen ?? reconnecting(flux({ encoding, sampleRateHz }, fluxWire(scenario)));
  return {
    stages: {
      listen: (input) => [operators].flat().reduce((turns, operator) => turns.pipe(operator), input.pipe(listen)),
      think: stages.think ? log.watching(stages.think) : think,
      speak: stages.speak ?? aura({}, auraWire(scenario)),
      play: stages.play ?? speaker(),
    },
    options: { ...(scenario.agent as AgentOptions | undefined), ...options },
    controls$: lazily(scenario.controls ?? []) as Observable<unknown> as Observable<Control>, // the schema has checked them
  };
}
