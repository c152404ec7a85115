import { map, takeUntil, timer, type Observable } from 'rxjs';
import type { AgentEvent, AudioChunk, Message, Token } from '../../operators/events.ts';
import { remember } from '../../operators/history.ts';
import { speaker } from '../audio/speaker.ts';
import { auraWire, fluxWire, lazily, scriptedThink, type ModelMoment, type Scenario } from '../emulator/scenario.ts';
import { flux } from '../flux/flux.ts';
import type { AgentOptions, Stages } from '../options.ts';
import { agent } from '../pipeline.ts';
import { aura } from '../tts/aura.ts';
import { virtually } from './virtualTime.ts';

/** What a request to the model was, and what became of it. Times are ms from the start of the call. */
export interface Request {
  readonly at: number;
  readonly messages: readonly Message[];
  /** It began as a draft. */
  readonly draft: boolean;
  readonly tokens: number;
  readonly abortedAt?: number;
  readonly endedAt?: number;
}

export interface Simulated {
  readonly events: readonly AgentEvent[];
  readonly history: readonly Message[];
  readonly requests: readonly Request[];
  /** Each sentence handed to speech, also those of drafts that were dropped. */
  readonly said: readonly { readonly at: number; readonly reply: number; readonly text: string }[];
  /** How the call ended: `closed`, `unfinished` (given up at `untilMs`), or the error that ended it. */
  readonly end: unknown;
}

export interface SimulateConfig {
  /** Take the place of the scenario's `agent`. */
  readonly options?: AgentOptions;
  /** Take the place of ours, one by one. */
  readonly stages?: Partial<Stages>;
}

const chunkMs = 80;
const silence: AudioChunk = { data: new Uint8Array(16 * 2 * chunkMs), encoding: 'linear16', sampleRateHz: 16_000, channels: 1 };

/**
 * Runs a whole call in virtual time: the scenario's Flux, model and voice, the real codecs of `flux` and `aura`, the real
 * speaker and the `agent` that users run. Nothing waits, and the same scenario gives the same events every time.
 */
export function simulate(scenario: Scenario, { options, stages }: SimulateConfig = {}): Simulated {
  const lastRow = Math.max(0, ...[...(scenario.flux ?? []), ...(scenario.controls ?? [])].map(({ at }) => at));
  const endAt = scenario.endAt ?? lastRow + 1000;
  const untilMs = scenario.untilMs ?? endAt + 60_000;

  const events: AgentEvent[] = [];
  const requests: Request[] = [];
  let end: unknown = 'unfinished';

  virtually(() => {
    const note = (moment: ModelMoment) => {
      const known = requests[moment.request];
      if (moment.type === 'request')
        requests.push({ at: moment.at, messages: moment.messages as Message[], draft: false, tokens: 0 });
      else if (known && moment.type === 'token') requests[moment.request] = { ...known, tokens: known.tokens + 1 };
      else if (known) requests[moment.request] = { ...known, [moment.type === 'abort' ? 'abortedAt' : 'endedAt']: moment.at };
    };
    const model = scriptedThink(scenario, note);
    const call = silenceUntil(endAt).pipe(
      agent(
        {
          listen: flux({ encoding: silence.encoding, sampleRateHz: silence.sampleRateHz }, fluxWire(scenario)),
          think: (messages) => model(messages).pipe(map((text): Token => ({ type: 'Token', text }))),
          speak: aura({}, auraWire(scenario)),
          play: speaker(),
          ...stages,
        },
        options ?? (scenario.agent as AgentOptions | undefined),
      ),
      takeUntil(timer(untilMs)),
    );
    call.subscribe({
      next: (event) => {
        events.push(event);
        if (event.type === 'Closed') end = 'closed';
      },
      error: (error: unknown) => (end = error),
    });
  });

  const replies = events.filter(({ type }) => type === 'DraftStarted' || type === 'ReplyStarted');
  const begun = replies.filter((event) => !(event.type === 'ReplyStarted' && event.drafted));
  return {
    events,
    history: events.reduce<readonly Message[]>(remember, []),
    requests: requests.map((request, k) => ({ ...request, draft: begun[k]?.type === 'DraftStarted' })),
    said: events.flatMap((event) =>
      event.type === 'Sentence' ? [{ at: event.at, reply: event.reply, text: event.text.trim() }] : [],
    ),
    end,
  };
}

/** A caller's line with nobody on it: the scenario says what was heard. */
function silenceUntil(endAt: number): Observable<AudioChunk> {
  function* chunks() {
    for (let at = chunkMs; at <= endAt; at += chunkMs) yield { at };
    yield { at: endAt };
  }
  return lazily(chunks()).pipe(map(() => silence));
}
