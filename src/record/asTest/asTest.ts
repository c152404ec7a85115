import { SluiceError } from '../../errors.ts';
import type { Recorded } from '../file/readRecording.ts';
import { eventsOf } from '../replay/replay.ts';
import { bestPlay } from './bestPlay.ts';
import { excerptOf, wholeCall } from './excerpt.ts';
import { testFile, toJson } from './testFile.ts';

export interface AsTestConfig {
  /** The turn to test, with its answer and what it interrupted: its number in the call, from 1, or its name (`0:3`). Default: the call. */
  readonly turn?: string;
  /** The name of the recording in the test. Default `'the recording'`. */
  readonly name?: string;
  /** The name of the scenario's file, which is beside the test. Default: the test contains the scenario. */
  readonly file?: string;
}

/**
 * Turns a recorded call into a scenario and a vitest file that plays it and expects its outcome. The test passes as it is; for another
 * outcome change the options in the scenario, or the expectation and the code.
 *
 * Model and voice have one pace in a scenario, so times may differ from the recording. A comment in the test names the difference.
 *
 * Throws `SluiceError`: `no-turn` where there is no such turn, `no-outcome` where the recording has no events, `too-long` for more than
 * a day, `nested` inside a marble test or a simulation.
 */
export function asTest(
  recording: Recorded,
  { turn, name = 'the recording', file }: AsTestConfig = {},
): { readonly scenario: string; readonly test: string } {
  const { lines } = recording;
  if (eventsOf(lines).length === 0)
    throw new SluiceError('no-outcome', 'The recording has no events, so a test has no outcome to expect.');
  const excerpts =
    turn === undefined ? [() => wholeCall(lines)] : [1, 2, 3, 0].map((stepsBack) => () => excerptOf(lines, turn, stepsBack));
  const played = bestPlay(recording, excerpts);
  return { scenario: toJson(played.scenario), test: testFile(recording, played, { name, file }) };
}
