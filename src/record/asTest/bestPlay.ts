import type { AgentEvent } from '../../../operators/events.ts';
import type { Scenario } from '../../emulator/scenario/scenario.ts';
import { SluiceError } from '../../errors.ts';
import { simulate } from '../../testing/simulate.ts';
import type { Result } from '../../testing/result.ts';
import type { Recorded } from '../file/readRecording.ts';
import { compareCalls, type Difference } from '../replay/compareCalls.ts';
import type { Excerpt } from './excerpt.ts';
import { outcomeFields } from './outcomeOf.ts';
import { scenariosOf } from './scenariosOf.ts';

/** An excerpt of a call, played by a scenario. */
export interface Played {
  readonly excerpt: Excerpt;
  readonly scenario: Scenario;
  readonly result: Result;
  /** Where the simulation differs from the recording. */
  readonly differences: readonly Difference[];
  /** The largest difference in time of the other events, in ms. */
  readonly shiftMs: number;
}

/** The longest call, in ms: a day. */
const longestMs = 86_400_000;

/** Plays the excerpts until one gives the recorded outcome; else takes the one that comes nearest. */
export function bestPlay(recording: Recorded, excerpts: readonly (() => Excerpt)[]): Played {
  let found: Played | undefined;
  for (const excerptOf of excerpts) {
    const excerpt = excerptOf();
    if (!(excerpt.to - excerpt.from < longestMs))
      throw new SluiceError('too-long', 'The recording is longer than a day: choose a turn, or check its times.');
    for (const scenario of scenariosOf(recording, excerpt)) {
      const played = play(scenario, excerpt);
      if (found === undefined || isNearer(played, found)) found = played;
      if (found.differences.length === 0 && found.shiftMs < 1) return found;
    }
    if (found?.differences.length === 0) break;
  }
  if (found === undefined) throw new SluiceError('no-outcome', 'The recording has nothing to test.');
  return found;
}

function play(scenario: Scenario, excerpt: Excerpt): Played {
  const { from, to, events } = excerpt;
  const result = simulate(scenario);
  const recorded = renumbered(events).map((event) => ({ ...event, at: event.at - from }));
  const compared = compareCalls(recorded, renumbered(result.events), { leftAt: to - from, fields: outcomeFields });
  return { excerpt, scenario, result, ...compared };
}

const isNearer = (one: Played, other: Played) =>
  one.differences.length < other.differences.length ||
  (one.differences.length === other.differences.length && one.shiftMs < other.shiftMs);

/** The events of an outcome, with turns and replies numbered in the order in which they come: an excerpt of a call begins anew. */
function renumbered(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const [turns, replies] = [new Map<string, string>(), new Map<number, number>()];
  return events.filter(outcomeFields).map((event) => {
    if ('turn' in event && !turns.has(event.turn)) turns.set(event.turn, String(turns.size + 1));
    if ('reply' in event && !replies.has(event.reply)) replies.set(event.reply, replies.size + 1);
    return {
      ...event,
      ...('turn' in event && { turn: turns.get(event.turn) }),
      ...('reply' in event && { reply: replies.get(event.reply) }),
    } as AgentEvent;
  });
}
