import type { Scenario } from '../../emulator/scenario/scenario.ts';
import { SluiceError } from '../../errors.ts';
import { chart, legend } from '../../testing/timingChart.ts';
import { simulate } from '../../testing/simulate.ts';
import type { Recorded } from '../file/readRecording.ts';
import { eventsOf } from '../replay/replay.ts';
import { agreementOf, type Agreement } from './agreement.ts';
import { inShort } from './inShort.ts';
import { remarksOn, type Played } from './remarks.ts';
import { scenariosOf } from './scenarioOf.ts';
import { Call, comment, harmless, inSource, quoted } from './source.ts';
import { stretchOf, wholeOf, type Stretch } from './excerpt.ts';

export interface AsTestConfig {
  /** Cuts the call down to this turn, its answer and what it interrupted: its number in the call, from 1, or its name (`0:3`). */
  readonly turn?: string;
  /** What the recording is called in the test. Default `'the recording'`. */
  readonly name?: string;
}

/**
 * A recorded call as a vitest file: its events as a scenario, its outcome as the expectation. It passes as it is; whoever wants
 * another outcome changes the options, or the expectation and the code.
 *
 * The scenario has one pace for the model and one for the voice, so times may differ from those recorded; the file says by how
 * much, and where a simulation comes to something else than the call did.
 *
 * Throws `SluiceError`: `no-turn` where there is no such turn, `no-outcome` where nothing was observed, `too-long` for more than a
 * day, `nested` inside a marble test or a simulation.
 */
export function asTest(recording: Recorded, { turn, name = 'the recording' }: AsTestConfig = {}): string {
  if (eventsOf(recording.lines).length === 0)
    throw new SluiceError('no-outcome', 'The recording has no events: what came of the call cannot be told.');
  const stretches =
    turn === undefined
      ? [() => wholeOf(recording.lines)]
      : [1, 2, 3, 0].map((steps) => () => stretchOf(recording.lines, turn, steps));
  const played = best(recording, stretches);
  return printed(recording, played, harmless(name, 80));
}

/** Calls that are longer are none: a day. */
const longestMs = 86_400_000;

/** The first stretch of which a simulation comes to what was recorded; else that which comes nearest. */
function best(recording: Recorded, stretches: readonly (() => Stretch)[]): Played {
  let found: Played | undefined;
  for (const stretchOf of stretches) {
    const stretch = stretchOf();
    if (!(stretch.to - stretch.from < longestMs))
      throw new SluiceError(
        'too-long',
        'The recording lasts longer than a day: choose a turn, or see whether its times are right.',
      );
    for (const scenario of scenariosOf(recording, stretch)) {
      const result = simulate(scenario);
      const played = { stretch, scenario, result, agreement: agreementOf(stretch.events, result.events, stretch) };
      if (found === undefined || isNearer(played.agreement, found.agreement)) found = played;
      if (found.agreement.disagreements.length === 0 && found.agreement.shiftMs < 1) return found;
    }
    if (found?.agreement.disagreements.length === 0) break;
  }
  if (found === undefined) throw new SluiceError('no-outcome', 'There is nothing in the recording to be tested.');
  return found;
}

const isNearer = (one: Agreement, other: Agreement) =>
  one.disagreements.length < other.disagreements.length ||
  (one.disagreements.length === other.disagreements.length && one.shiftMs < other.shiftMs);

function printed(recording: Recorded, played: Played, name: string): string {
  const { stretch, scenario, result } = played;
  const outcome = inShort(stretch);
  const title = `${stretch.turn === undefined ? name : `turn ${stretch.turn} of ${name}`}: ${outcome}`;
  const reasons = result.events.flatMap((event) => ('reason' in event ? [`${event.type}: ${event.reason}`] : []));
  const rules = result.violations.map(({ rule }) => rule);
  const expectation = (of: string, value: unknown) => {
    const start = `expect(${of}).toEqual(`;
    return `${start}${inSource(value, { indent: 2, before: 2 + start.length, after: 2 })});`;
  };
  return `import { chart, simulate, type Scenario } from 'sluice/testing';
import { expect, it } from 'vitest';

${comment(remarksOn(recording, played, name))}
const call: Scenario = ${inSource(inRows(scenario), { before: 23 })};

${isForced(scenario) ? helpers.withTrigger : helpers.plain}

it(${quoted(title)}, () => {
  const result = simulate(call);
  const { events, history, violations } = result;

  expect(chart(result)).toEqual([
    // ${legend.replace(/ {3,}/, '\n    // ')}
${chart(result)
  .map((line) => `    ${quoted(line)},\n`)
  .join('')}  ]);
  ${expectation('history', result.history)}
  // Why drafts were dropped, and turns not answered.
  const reasons = events.flatMap((event) => ('reason' in event ? [\`\${event.type}: \${event.reason}\`] : []));
  ${expectation('reasons', reasons)}
  ${expectation(rules.length === 0 ? 'violations' : 'violations.map(({ rule }) => rule)', rules)}
});
`;
}

const isForced = ({ flux = [] }: Scenario) => flux.some((row) => 'message' in row && row.message['trigger'] !== undefined);

/** What the rows are made by. */
const helpers = {
  plain: `/** What Flux says of a turn, and when. */
function said(at: number, event: string, turn_index: number, transcript: string) {
  return { at, message: { type: 'TurnInfo', event, turn_index, transcript } };
}`,
  withTrigger: `/** What Flux says of a turn, and when. */
function said(at: number, event: string, turn_index: number, transcript: string, trigger = 'model') {
  return { at, message: { type: 'TurnInfo', event, turn_index, transcript, ...(event === 'EndOfTurn' && { trigger }) } };
}`,
};

/** The messages of Flux as calls, each in its line. */
const inRows = ({ flux = [], ...rest }: Scenario) => ({
  flux: flux.map((row) => {
    if (!('message' in row)) return row;
    const { event, turn_index, transcript, trigger } = row.message;
    return new Call('said', row.at, event, turn_index, transcript, ...(trigger === undefined ? [] : [trigger]));
  }),
  ...rest,
});
