import type { Scenario } from '../../src/emulator/scenario/scenario.ts';

/** What Flux says of a turn, and when. */
export const said = (at: number, event: string, turn_index: number, transcript: string) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript, end_of_turn_confidence: 0.5 },
});

/** Two turns: the first has a dropped draft and a kept one, the second cuts its reply, which takes 29 × 60 ms. */
export const story = {
  flux: [
    said(160, 'StartOfTurn', 0, 'Go'),
    said(320, 'EagerEndOfTurn', 0, 'Go forward.'),
    said(560, 'TurnResumed', 0, 'Go forward ten'),
    said(720, 'EagerEndOfTurn', 0, 'Go forward ten meters.'),
    said(1200, 'EndOfTurn', 0, 'Go forward ten meters.'),
    said(2000, 'StartOfTurn', 1, 'No'),
    said(2240, 'EndOfTurn', 1, 'No.'),
  ],
  model: { firstTokenMs: 20, tokenMs: 5, replies: ['Going forward ten meters now.', 'Stopped.'] },
  speech: { firstAudioMs: 20 },
} as const satisfies Scenario;
