import type { FluxWord } from '../../flux/messages.ts';
import { isBlank, type TurnThresholds } from '../../flux/turnMachine.ts';
import { messageOf } from '../messageOf.ts';
import { MomentReader, type RecordedMoment } from './momentReader.ts';
import { TurnRedecider } from './turnRedecider.ts';

/** A recorded turn, from its first words to its end. */
export interface RecordedTurn {
  readonly moments: readonly RecordedMoment[];
  /** When the caller next spoke on this connection, in ms of its audio; `Infinity` if never. */
  readonly nextMs: number;
}

/** The result of a turn, or the average of several. Times are ms since the caller had finished speaking. */
export interface Outcome {
  /** To `EndOfTurn`. */
  readonly endMs: number;
  /** To the eager end that was right, else to `EndOfTurn`. */
  readonly eagerMs: number;
  /** Ends after which the caller went on within a second. */
  readonly cutOffs: number;
  /** Eager ends that were wrong: a wasted model call each. */
  readonly wasted: number;
  /** 1 if the recorded turn ended before this one could. The times are those of the recorded end. */
  readonly unknown: number;
}

const cutOffWithinMs = 1000;

/** The turns of a recording that had words and an end. */
export function turnsOf(messages: Iterable<unknown>): readonly RecordedTurn[] {
  const turns: { moments: RecordedMoment[]; nextMs: number }[] = [];
  let reader = new MomentReader();
  let last: (typeof turns)[number] | undefined;
  for (const message of messages) {
    const { type, ...info } = messageOf(message) ?? {};
    if (type === 'Connected') [reader, last] = [new MomentReader(), undefined];
    const moment = type === 'TurnInfo' ? reader.read(info) : undefined;
    if (moment === undefined || isBlank(moment.transcript)) continue;
    if (last?.moments[0]?.turnIndex === moment.turnIndex) last.moments.push(moment);
    else {
      if (last) last.nextMs = speechStart(moment.words, moment.endMs);
      turns.push((last = { moments: [moment], nextMs: Infinity }));
    }
  }
  return turns.filter(({ moments }) => moments.at(-1)?.event === 'EndOfTurn');
}

/** The result of a turn with other thresholds. */
export function outcomeOf({ moments, nextMs }: RecordedTurn, thresholds: TurnThresholds): Outcome {
  const { eotThreshold, eagerEotThreshold = 1 } = thresholds;
  const redecider = new TurnRedecider(thresholds);
  let [cutOffs, wasted] = [0, 0];
  let eagerAt: number | undefined;
  let end: { readonly at: number; readonly endMs: number; readonly eagerMs: number } | undefined;
  const endAt = (at: number, speechMs: number) => {
    end = { at, endMs: Math.max(0, at - speechMs), eagerMs: Math.max(0, (eagerAt ?? at) - speechMs) };
    eagerAt = undefined;
  };
  const speaksAgainAt = (at: number) => {
    if (end && at - end.at <= cutOffWithinMs) cutOffs++;
  };

  moments.forEach((moment, index) => {
    const before = moments[index - 1];
    for (const { event, words, trigger } of redecider.decide(moment)) {
      if (event === 'StartOfTurn') {
        speaksAgainAt(speechStart(words, moment.endMs));
        end = undefined;
      } else if (event === 'EagerEndOfTurn') eagerAt = reachedMs(before, moment, eagerEotThreshold);
      else if (event === 'EndOfTurn')
        endAt(trigger === 'model' ? reachedMs(before, moment, eotThreshold) : moment.endMs, redecider.speechMs);
      else if (event === 'TurnResumed') {
        wasted++;
        eagerAt = undefined;
      }
    }
  });
  const unknown = end === undefined;
  const last = moments.at(-1);
  if (unknown) endAt(last?.endMs ?? 0, last?.speechMs ?? 0);
  speaksAgainAt(nextMs);
  return { endMs: end?.endMs ?? 0, eagerMs: end?.eagerMs ?? 0, cutOffs, wasted, unknown: Number(unknown) };
}

/**
 * When a confidence was reached in the silence between two messages, if it rose evenly. Flux decides in finer steps than it
 * reports.
 */
function reachedMs(before: RecordedMoment | undefined, moment: RecordedMoment, threshold: number): number {
  const { confidence, endMs, speechMs, transcript } = moment;
  if (before?.transcript !== transcript || before.confidence >= threshold || confidence <= threshold) return endMs;
  const fromMs = Math.min(endMs, Math.max(before.endMs, speechMs));
  return fromMs + ((endMs - fromMs) * (threshold - before.confidence)) / (confidence - before.confidence);
}

/** When the first word began, which may be well before its message; `endMs` without word times. */
const speechStart = ([first]: readonly FluxWord[], endMs: number) => (first?.start === undefined ? endMs : first.start * 1000);
