import { map, tap } from 'rxjs';
import type { AgentEvent, Speak, Token } from '../../operators/events.ts';
import { speaker } from '../../src/audio/speaker.ts';
import {
  auraWire,
  fluxWire,
  lazily,
  scriptedThink,
  type FluxRow,
  type ModelScript,
  type Scenario,
} from '../../src/emulator/scenario/index.ts';
import { flux } from '../../src/flux/flux.ts';
import type { AgentOptions, Control, Stages } from '../../src/agent/options.ts';
import { agent } from '../../src/agent/agent.ts';
import { callerAudio } from '../../src/testing/callerAudio.ts';
import { runInVirtualTime } from '../../src/testing/runInVirtualTime.ts';
import { aura } from '../../src/tts/aura.ts';

/** How long a stretch of the call is: time enough for all that happens in it, and for quiet at its end. */
const stretchMs = 8000;

type TimedControl = Control & { readonly at: number };
type Said = readonly [at: number, event: string, transcript: string];

/** What happens in the stretches, ten of them again and again. `|` ends a turn; a bare time is when the connection is lost. */
const stretches: readonly { readonly flux: readonly (Said | '|' | number)[]; readonly told?: readonly TimedControl[] }[] = [
  { flux: [[100, 'StartOfTurn', 'how'], [400, 'Update', 'how are'], [800, 'EndOfTurn', 'how are you'], '|'] },
  { flux: [[100, 'StartOfTurn', 'kept'], [400, 'EagerEndOfTurn', 'kept it is'], [900, 'EndOfTurn', 'kept it is'], '|'] },
  {
    flux: [
      [100, 'StartOfTurn', 'slow'],
      [300, 'EagerEndOfTurn', 'slow to stop'],
      [700, 'TurnResumed', 'slow to stop and'],
      [1200, 'EagerEndOfTurn', 'slow to stop and go'],
      [1500, 'EndOfTurn', 'slow to stop and go'],
      '|',
    ],
  },
  { flux: [[100, 'StartOfTurn', 'two'], [400, 'EagerEndOfTurn', 'two words'], [900, 'EndOfTurn', 'other words'], '|'] },
  {
    flux: [
      [100, 'StartOfTurn', 'long'],
      [400, 'EndOfTurn', 'long please'],
      '|',
      [2000, 'StartOfTurn', 'stop'],
      [2300, 'Update', 'stop it now'],
      [2600, 'EndOfTurn', 'stop it now'],
      '|',
    ],
  },
  {
    flux: [
      [100, 'StartOfTurn', 'long'],
      [400, 'EndOfTurn', 'long again'],
      '|',
      [2000, 'StartOfTurn', 'yes'],
      [2400, 'EndOfTurn', 'yes'],
      '|',
      [3000, 'StartOfTurn', 'hm'],
      [3200, 'EndOfTurn', ''],
      '|',
    ],
  },
  {
    flux: [[100, 'StartOfTurn', 'say'], [400, 'EndOfTurn', 'say it'], '|'],
    told: [
      { at: 200, say: 'One moment.', protect: true },
      { at: 3000, text: 'typed' },
      { at: 3500, interrupt: true },
      { at: 4500, configure: { eotThreshold: 0.8 } },
      { at: 5000, set: { idleMs: 1000 } },
    ],
  },
  { flux: [[100, 'StartOfTurn', 'lost'], 500, [1000, 'StartOfTurn', 'lost'], [1500, 'EndOfTurn', 'lost and found'], '|'] },
  {
    flux: [
      [100, 'StartOfTurn', 'fail'],
      [300, 'EndOfTurn', 'fail me'],
      '|',
      [3000, 'StartOfTurn', 'stall'],
      [3300, 'EndOfTurn', 'stall me'],
      '|',
    ],
  },
  {
    flux: [
      [100, 'StartOfTurn', 'refuse'],
      [300, 'EndOfTurn', 'refuse me'],
      '|',
      [3500, 'StartOfTurn', 'hoarse'],
      [3800, 'EagerEndOfTurn', 'hoarse voice'],
      [4000, 'EndOfTurn', 'hoarse voice'],
      '|',
    ],
  },
];

const long = 'Once upon a time there was a long answer to a short question, and it went on.';
const model: ModelScript = {
  replies: [
    { when: 'slow', say: 'As you like.', abortLagMs: 300 },
    { when: 'long', say: long },
    { when: 'fail', say: 'This is. The end of it.', failAfterTokens: 3 },
    { when: 'stall', say: 'This is. The end of it.', stallAfterTokens: 3 },
    { when: 'refuse', say: '', status: 500 },
    { when: 'hoarse', say: 'A frog is in my throat.' },
    'Sure.',
  ],
};
const options: AgentOptions = { bargeIn: { minWords: 2, resumeAfterMs: 600 }, tokenGapMs: 500, firstTokenMs: 500 };

/**
 * Plays a call of so many stretches, 16 turns in ten of them, through the codecs, and keeps nothing of it. `see` hears each event;
 * `look` is called before the first stretch of those named, counted from 0.
 */
export function mixedCall(length: number, see: (event: AgentEvent) => void, before: readonly number[], look: () => void): void {
  const { scenario, controls } = told(length);
  let over = false;
  let stop: () => void = () => undefined;
  runInVirtualTime({
    start: () => {
      lazily(before.map((stretch) => ({ at: stretch * stretchMs }))).subscribe(look);
      const call = callerAudio(length * stretchMs).pipe(agent(stagesOf(scenario), options, lazily(controls)));
      const subscription = call.subscribe({ next: see, complete: () => (over = true) });
      stop = () => subscription.unsubscribe();
    },
    over: () => over,
    stop: () => stop(),
    untilMs: (length + 10) * stretchMs,
  });
}

function told(length: number): { readonly scenario: Scenario; readonly controls: readonly TimedControl[] } {
  const rows: FluxRow[] = [];
  const controls: TimedControl[] = [];
  let turn_index = 0;
  for (let k = 0; k < length; k++) {
    const from = k * stretchMs;
    const { flux = [], told = [] } = stretches[k % stretches.length] ?? {};
    for (const row of flux) {
      if (row === '|') turn_index++;
      else if (typeof row === 'number') {
        rows.push({ at: from + row, drop: true });
        turn_index = 0;
      } else {
        const [at, event, transcript] = row;
        rows.push({ at: from + at, message: { type: 'TurnInfo', event, turn_index, transcript } });
      }
    }
    controls.push(...told.map((control) => ({ ...control, at: from + control.at })));
  }
  return { scenario: { flux: rows, model }, controls };
}

function stagesOf(scenario: Scenario): Stages {
  const think = scriptedThink(scenario);
  const hoarse =
    (voice: Speak): Speak =>
    (on) =>
    (sentences) =>
      sentences.pipe(
        tap(({ text }) => {
          if (text.includes('frog')) throw new Error('The voice broke.');
        }),
        voice(on),
      );
  return {
    listen: flux({ encoding: 'linear16', sampleRateHz: 16_000 }, fluxWire(scenario)),
    think: (messages) => think(messages).pipe(map((text): Token => ({ type: 'Token', text }))),
    speak: aura({}, auraWire(scenario)).pipe(map(hoarse)),
    play: speaker(),
  };
}
