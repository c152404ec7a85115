import { seededRandom } from '../../operators/core/seededRandom.ts';
import type { TurnInfo } from '../../src/flux/messages.ts';
import { withFluxDefaults, type Thresholds } from '../../src/record/tune/thresholds.ts';

/** Words in a row, then a pause in which a recogniser grows surer that the turn is over: `slope` a second, up to `peak`. */
export interface SpokenPart {
  readonly words: number;
  readonly wordMs: number;
  readonly pauseMs: number;
  readonly slope: number;
  readonly peak: number;
}

/** How a recogniser that is told nothing of thresholds hears a caller at one moment. */
interface Moment {
  /** How many words have ended. */
  readonly said: number;
  readonly confidence: number;
  readonly silenceMs: number;
}

const tickMs = 10;
const updateMs = 250;
const floor = 0.05;

/** A Flux of its own, which shares nothing with `thresholds`: what it says of a caller, judged every 10 ms, an `Update` each 250 ms. */
export function messagesOfCaller(caller: readonly SpokenPart[], settings: Thresholds, requestId = 'r-1'): readonly object[] {
  const { eotThreshold, eagerEotThreshold = Infinity, eotTimeoutMs } = withFluxDefaults(settings);
  const { words, at, lengthMs } = heard(caller);
  const messages: object[] = [{ type: 'Connected', request_id: requestId, sequence_id: 0 }];
  let phase: 'idle' | 'speaking' | 'awaiting' = 'idle';
  let [index, from, drafted, startMs, taken] = [0, 0, 0, 0, -1];

  for (let ms = tickMs; ms <= lengthMs; ms += tickMs) {
    const { said, confidence, silenceMs } = at(ms);
    const slot = Math.floor(ms / updateMs);
    const tell = (event: TurnInfo['event'], trigger?: string) => {
      const own = words.slice(from, said);
      messages.push({
        type: 'TurnInfo',
        request_id: requestId,
        sequence_id: messages.length,
        event,
        turn_index: index,
        audio_window_start: startMs / 1000,
        audio_window_end: ms / 1000,
        transcript: own.map(({ word }) => word).join(' '),
        words: own,
        end_of_turn_confidence: own.length > 0 ? confidence : 0,
        ...(trigger !== undefined && { trigger }),
      });
      taken = slot;
    };
    const end = (trigger: string) => {
      tell('EndOfTurn', trigger);
      [phase, index, from, startMs] = ['idle', index + 1, said, ms];
    };
    if (phase === 'idle' && said > from) {
      phase = 'speaking';
      tell('StartOfTurn');
    } else if (phase === 'awaiting' && said > drafted) {
      phase = 'speaking';
      tell('TurnResumed');
    } else if (phase !== 'idle' && eotThreshold < 1 && confidence >= eotThreshold) end('model');
    else if (phase !== 'idle' && silenceMs >= eotTimeoutMs) end('timeout');
    else if (phase === 'speaking' && confidence >= eagerEotThreshold) {
      [phase, drafted] = ['awaiting', said];
      tell('EagerEndOfTurn');
    } else if (slot > taken) tell('Update');
  }
  return messages;
}

function heard(caller: readonly SpokenPart[]) {
  const words: { word: string; confidence: number; start: number; end: number }[] = [];
  const pauses: { from: number; to: number; slope: number; peak: number }[] = [];
  let ms = 0;
  for (const stretch of caller) {
    for (let n = 0; n < stretch.words; n++) {
      words.push({ word: `w${words.length}`, confidence: 1, start: ms / 1000, end: (ms + stretch.wordMs) / 1000 });
      ms += stretch.wordMs;
    }
    pauses.push({ from: ms, to: (ms += stretch.pauseMs), slope: stretch.slope, peak: stretch.peak });
  }
  let [said, pause] = [0, 0];
  const at = (ms: number): Moment => {
    while (said < words.length && words[said]!.end * 1000 <= ms) said++;
    while (pause < pauses.length && pauses[pause]!.to <= ms) pause++;
    const { from, slope, peak } = pauses[pause] ?? { from: Infinity, slope: 0, peak: 0 };
    const silenceMs = Math.max(0, ms - from);
    return { said, silenceMs, confidence: Math.max(floor, Math.min(peak, (slope * silenceMs) / 1000)) };
  };
  return { words, at, lengthMs: ms };
}

/** A standard normal value (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Callers whose habits are known, so that the best thresholds are known too. */
export interface Habits {
  /** How much surer the recogniser grows in a second of silence. */
  readonly slope: number;
  /** How many pauses a turn has in its middle, on average, 0 to 1. */
  readonly pauses: number;
  /** How sure the recogniser gets in such a pause: normally distributed. */
  readonly mean: number;
  readonly deviation: number;
}

/** What Flux says of so many turns of such callers, a call for each five; recorded with a high threshold. */
export function corpusOf(
  { slope, pauses, mean, deviation }: Habits,
  turns: number,
  seed: number,
  eotThreshold = 0.95,
): readonly (readonly object[])[] {
  const random = seededRandom(seed);
  const calls: (readonly object[])[] = [];
  for (let made = 0; made < turns; made += 5) {
    const caller: SpokenPart[] = [];
    for (let turn = made; turn < Math.min(turns, made + 5); turn++) {
      const said = () => ({ words: 1 + Math.floor(random() * 5), wordMs: 100 + 10 * Math.floor(random() * 25), slope });
      const held = () => 260 + 10 * Math.floor(random() * 4);
      if (random() < pauses) {
        const peak = Math.min(0.94, Math.max(0.1, mean + deviation * normal(random)));
        caller.push({ ...said(), peak, pauseMs: Math.ceil((100 * peak) / slope) * 10 + held() });
      }
      caller.push({ ...said(), peak: 1, pauseMs: Math.ceil(100 / slope) * 10 + 1500 + 10 * Math.floor(random() * 100) });
    }
    calls.push(messagesOfCaller(caller, { eotThreshold }, `call ${made}`));
  }
  return calls;
}
