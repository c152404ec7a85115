import { chart, simulate, type Scenario } from 'sluice/testing';
import { expect, it } from 'vitest';

/**
 * Turn 0:2, 3 of 4, of call.jsonl, recorded 2026-03-01, from 0:02.8 of the call on: the caller cuts the agent off at “Today we
 * have pasta with sage and” and is answered.
 *
 * It came to this when it was recorded, at the same times.
 *
 * The call went on: here it is hung up.
 */
const call: Scenario = {
  flux: [
    said(200, 'StartOfTurn', 1, 'What'),
    said(600, 'EagerEndOfTurn', 1, 'What is on'),
    said(950, 'TurnResumed', 1, 'What is on the'),
    said(1300, 'EagerEndOfTurn', 1, 'What is on the menu?'),
    said(1600, 'EndOfTurn', 1, 'What is on the menu?'),
    said(4200, 'StartOfTurn', 2, 'Uh'),
    said(4500, 'EndOfTurn', 2, 'Uh-huh.'),
  ],
  model: {
    firstTokenMs: 200,
    tokenMs: 20,
    replies: [
      { when: 'What is on the menu?', say: 'Today we have pasta with sage and butter, a pumpkin soup, and two kinds of pizza.' },
      { when: 'What is on', say: 'You are welcome.' },
      { when: 'Uh-huh.', say: 'Shall I go on?' },
    ],
  },
  speech: { firstAudioMs: 120, msPerChar: 60 },
  controls: [{ at: 6780, hangUp: true }],
  agent: {
    eager: 'speech',
    bargeIn: {},
    messages: [
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Good evening.' },
    ],
  },
};

/** What Flux says of a turn, and when. */
function said(at: number, event: string, turn_index: number, transcript: string) {
  return { at, message: { type: 'TurnInfo', event, turn_index, transcript } };
}

it('turn 0:2 of call.jsonl: the caller cuts the agent off at “Today we have pasta with sage and” and is answered', () => {
  const result = simulate(call);
  const { events, history, violations } = result;

  expect(chart(result)).toEqual([
    // s turn starts  e may be over  r goes on  E is over  i ignored  L lost
    // = asked and writing  x aborted   # heard  . paused
    '        0:00.0    0:01.0    0:02.0    0:03.0    0:04.0    0:05.0    0:06.0',
    'caller    s---e--r---e--E                         s--E',
    'model         ===    ======                          ===',
    'agent                    #########################      ##########',
  ]);
  expect(history).toEqual([
    { role: 'user', content: 'What is on the menu?' },
    { role: 'assistant', content: 'Today we have pasta with sage and', interrupted: true },
    { role: 'user', content: 'Uh-huh.' },
    { role: 'assistant', content: 'Shall I go on?' },
  ]);
  // Why drafts were dropped, and turns not answered.
  const reasons = events.flatMap((event) => ('reason' in event ? [`${event.type}: ${event.reason}`] : []));
  expect(reasons).toEqual(['DraftDropped: resumed']);
  expect(violations).toEqual([]);
});
