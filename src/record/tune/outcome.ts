import { isSaid, Reading, type Seen } from './turnReading.ts';
import { messageOf } from './thresholds.ts';
import { TurnMachine, type TurnThresholds } from './turnMachine.ts';

/** A turn as it was recorded, from its first words to its end: what other thresholds are tried on. */
export interface RecordedTurn {
  readonly seen: readonly Seen[];
  /** When the same caller was next heard on this connection, in ms of its audio; `Infinity` if that was never. */
  readonly nextMs: number;
}

/** What thresholds would have made of a turn. Times are ms since the caller had finished speaking. */
export interface Outcome {
  /** To its `EndOfTurn`. */
  readonly endMs: number;
  /** To the eager end that was right; to its end where there was none. */
  readonly eagerMs: number;
  /** Ends after which the caller went on within a second. */
  readonly cutOffs: number;
  /** Eager ends that were wrong: a model call in vain each. */
  readonly wasted: number;
  /** It had not ended when it was recorded to: the rest is not known, and it is taken to have ended there. */
  readonly unknown: boolean;
}

const goesOnMs = 1000;

/** The turns of a recording that had words and an end. */
export function turnsOf(messages: Iterable<unknown>): readonly RecordedTurn[] {
  const turns: RecordedTurn[] = [];
  let reading = new Reading();
  let seen: Seen[] = [];
  let ended: readonly Seen[] | undefined;
  const enter = (nextMs: number) => {
    if (ended) turns.push({ seen: ended, nextMs });
    ended = undefined;
  };
  for (const each of messages) {
    const message = messageOf(each);
    if (message?.['type'] === 'Connected') {
      enter(Infinity);
      reading = new Reading(reading.turn + 1);
      seen = [];
    }
    const one = message?.['type'] === 'TurnInfo' ? reading.see(message) : undefined;
    if (one === undefined || !isSaid(one.transcript)) continue;
    if (one.turn !== seen[0]?.turn) seen = [];
    if (seen.length === 0) enter(saidFrom(one.words[0]?.start, one.endMs));
    seen.push(one);
    if (one.event === 'EndOfTurn') {
      ended = seen;
      seen = [];
    }
  }
  enter(Infinity);
  return turns;
}

/** What became of a turn with other thresholds. */
export function outcomeOf({ seen, nextMs }: RecordedTurn, thresholds: TurnThresholds): Outcome {
  const machine = new TurnMachine(thresholds);
  const { eotThreshold, eagerEotThreshold = 1 } = thresholds;
  let cutOffs = 0;
  let wasted = 0;
  let eagerAt: number | undefined;
  let ended: { readonly at: number; readonly eagerAt: number; readonly speechMs: number } | undefined;
  const heardAgain = (atMs: number) => {
    if (ended && atMs - ended.at <= goesOnMs) cutOffs++;
  };

  let before: Seen | undefined;
  for (const one of seen) {
    const reached = (threshold: number) => reachedMs(before, one, threshold);
    for (const { event, words, speechMs, trigger } of machine.see(one)) {
      if (event === 'StartOfTurn') {
        heardAgain(saidFrom(words[0]?.start, one.endMs));
        ended = undefined;
      } else if (event === 'EagerEndOfTurn') eagerAt = reached(eagerEotThreshold);
      else if (event === 'TurnResumed') {
        wasted++;
        eagerAt = undefined;
      } else if (event === 'EndOfTurn') {
        const at = trigger === 'model' ? reached(eotThreshold) : one.endMs;
        ended = { at, eagerAt: eagerAt ?? at, speechMs };
        eagerAt = undefined;
      }
    }
    before = one;
  }
  const unknown = ended === undefined;
  const { endMs: at = 0, speechMs = 0 } = seen.at(-1) ?? {};
  ended ??= { at, eagerAt: eagerAt ?? at, speechMs };
  heardAgain(nextMs);
  return {
    endMs: Math.max(0, ended.at - ended.speechMs),
    eagerMs: Math.max(0, ended.eagerAt - ended.speechMs),
    cutOffs,
    wasted,
    unknown,
  };
}

/**
 * When a confidence was reached, in the silence between two messages: it is taken to have risen evenly. Flux judges in finer steps
 * than it reports.
 */
function reachedMs(before: Seen | undefined, { confidence, endMs, speechMs, transcript }: Seen, threshold: number): number {
  if (before?.transcript !== transcript || before.confidence >= threshold || confidence <= threshold) return endMs;
  const fromMs = Math.min(endMs, Math.max(before.endMs, speechMs));
  return fromMs + ((endMs - fromMs) * (threshold - before.confidence)) / (confidence - before.confidence);
}

/** A word may have begun well before it was read. */
const saidFrom = (startSeconds: number | undefined, endMs: number) => (startSeconds === undefined ? endMs : startSeconds * 1000);
