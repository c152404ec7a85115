import { connectionsOf } from '../file/connections.ts';
import { inWords } from '../inWords.ts';
import { isKind } from '../file/lines.ts';
import { turnNames } from '../marbles.ts';
import type { Recorded } from '../file/readRecording.ts';
import { eventsOf } from '../replay/replay.ts';
import type { Scenario } from '../../emulator/scenario/scenario.ts';
import type { Result } from '../../testing/result.ts';
import type { Agreement, Disagreement } from './agreement.ts';
import { inShort } from './inShort.ts';
import { askedIn } from './modelOf.ts';
import { harmless } from './source.ts';
import type { Stretch } from './excerpt.ts';

/** A stretch played by a scenario. */
export interface Played {
  readonly stretch: Stretch;
  readonly scenario: Scenario;
  readonly result: Result;
  readonly agreement: Agreement;
}

/** What is said of a test, in paragraphs: what it is of, how far it is from what was recorded, what is not in it. */
export function remarksOn(recording: Recorded, played: Played, name: string): readonly string[] {
  const { stretch } = played;
  return [
    `${whereOf(recording, stretch, name)}: ${inShort(stretch)}.`,
    ...apart(recording, played),
    ...missing(recording, stretch),
  ];
}

function whereOf({ header, lines }: Recorded, { from, turn }: Stretch, name: string): string {
  const recorded = `${name}, recorded ${harmless(header.time).slice(0, 10)}`;
  if (turn === undefined) return recorded;
  const names = turnNames(eventsOf(lines));
  return `Turn ${turn}, ${names.indexOf(turn) + 1} of ${names.length}, of ${recorded}, from ${clock(from)} of the call on`;
}

/** How far what follows is from what was recorded. */
function apart({ lines }: Recorded, { stretch, result, agreement }: Played): readonly string[] {
  const { disagreements, shiftMs } = agreement;
  const { from, to } = stretch;
  const { requests, violations } = result;
  const asked = askedIn(lines, stretch);
  const [then, now] = [asked.length, requests.length];
  const isBefore = (at: number | undefined, end: number) => at !== undefined && at < end;
  const [leftThen, leftNow] = [
    asked.filter(({ end }) => end?.left && isBefore(end.at, to)),
    requests.filter(({ abortedAt }) => isBefore(abortedAt, to - from)),
  ];
  const others = [
    ...disagreements.slice(0, 3).map((one) => `- ${told(one, stretch)}`),
    ...(disagreements.length > 3 ? [`- and ${disagreements.length - 3} more.`] : []),
    ...(then === now && leftThen.length === leftNow.length
      ? []
      : [
          `- then the model was asked ${then} times, and stopped at ${leftThen.length}; here ${now} times, and stopped at ${leftNow.length}.`,
        ]),
    ...(violations.length > 0 ? ['- here rules are broken, which is expected below; of the call it is not known.'] : []),
  ];
  if (others.length > 0)
    return ['The call came to something else than its simulation, which is what is expected here:', ...others];
  return [
    shiftMs < 1
      ? 'It came to this when it was recorded, at the same times.'
      : `It came to this when it was recorded, at times that differ by ${Math.ceil(shiftMs)} ms at the most: here model and voice keep one pace.`,
  ];
}

function told({ recorded, simulated }: Disagreement, { from }: Stretch): string {
  const then = recorded ? `at ${clock(recorded.at - from)} ${harmless(inWords(recorded), 160)}` : 'nothing';
  const now = simulated ? `at ${clock(simulated.at)} ${harmless(inWords(simulated), 160)}` : 'nothing';
  return `then ${then}; here ${now}.`;
}

/** What the recording does not tell, or the scenario not say. */
function missing({ header, lines, damage }: Recorded, { from, to, turn, isWhole }: Stretch): readonly string[] {
  const isIn = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const isBroken = !lines.some((line) => isKind(line, 'over') && line.over === 'call');
  const retried = lines.some((line) => isKind(line, 'retry') && isIn(line));
  const voiceLost = connectionsOf(lines, 'speak').some(({ end }) => end?.error !== undefined && isIn(end));
  return [
    ...(header.redacted ? ['Its words are placeholders, for they were taken out of the recording.'] : []),
    ...(damage === undefined ? [] : [`The recording is damaged (${harmless(damage, 200)}): what is left of it is told.`]),
    ...(!isWhole && turn === undefined
      ? [
          isBroken
            ? `The recording breaks off at ${clock(to)}, so it is hung up there.`
            : `The call was left at ${clock(to)}, so it is hung up there.`,
        ]
      : []),
    ...(!isWhole && turn !== undefined ? ['The call went on: here it is hung up.'] : []),
    ...(retried ? ['The model failed and was asked once more; here its answer only comes.'] : []),
    ...(voiceLost ? ['The connection to the voice was lost; here it is not.'] : []),
  ];
}

/** Milliseconds as minutes and seconds. */
function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}
