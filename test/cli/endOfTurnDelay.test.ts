import { expect, it } from 'vitest';
import { plain } from '../../src/cli/colors.ts';
import { Figures } from '../../src/cli/figures.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { eventsOf } from '../../src/record/replay/replay.ts';
import { reportOf } from '../../src/record/report.ts';
import { CallModel } from '../../src/timeline/page/callModel.ts';
import { latencyInWords } from '../../src/timeline/page/brackets.ts';
import { pictureOf } from '../../src/timeline/picture.ts';
import { recorded } from '../record/recordedCall.ts';

const turnInfo = (at: number, event: string, audio_window_end: number) => ({
  at,
  message: {
    type: 'TurnInfo',
    event,
    turn_index: 0,
    transcript: 'book it',
    audio_window_end,
    words: [
      { word: 'book', confidence: 1, start: 0.2, end: 0.3 },
      { word: 'it', confidence: 1, start: 0.3, end: 0.405 },
    ],
  },
});

/** Flux sends the end of the turn 97 ms after the audio that it covers: 1292 ms after the last word, 1195 ms on the audio clock. */
const scenario: Scenario = { flux: [turnInfo(600, 'StartOfTurn', 0.5), turnInfo(1697, 'EndOfTurn', 1.6)] };

it('shows one end-of-turn delay for one turn in the report, the table and the timeline', () => {
  const recording = readRecording(recorded(scenario).lines.join('\n'));
  const events = eventsOf(recording.lines);
  const figures = new Figures();
  for (const event of events) figures.see(event);
  const [bracket] = new CallModel(pictureOf(recording, 'call')).brackets.all;

  expect(reportOf([events]).latency['end of speech → end of turn']?.longest).toBe(1195);
  expect(figures.table(plain).split('\n')[2]).toContain(' -1195 ');
  expect(bracket && latencyInWords(bracket)).toMatch(/^1195 ms end-of-turn delay \+ \d+ ms to the first sound$/);
});
