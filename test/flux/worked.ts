import type { TurnEvent } from '../../operators/events.ts';

/** A `TurnInfo` as on the wire; times in seconds. */
export const info = (
  event: string,
  turn_index: number,
  audio_window_end: number,
  transcript: string,
  end_of_turn_confidence: number,
  more = {},
) =>
  JSON.stringify({
    type: 'TurnInfo',
    request_id: 'r-1',
    event,
    turn_index,
    audio_window_end,
    transcript,
    end_of_turn_confidence,
    ...more,
  });

/** The worked sequence of docs/wire/flux.md §5.1 as Flux would send it, a letter a message; words and window starts are left out there. */
export const worked = {
  C: '{"type":"Connected","request_id":"r-1","sequence_id":0}',
  u: info('Update', 0, 0.23999998, '', 0.02),
  s: info('StartOfTurn', 0, 0.56, "What's", 0.03),
  v: info('Update', 0, 0.8, "What's my balance", 0.05),
  e: info('EagerEndOfTurn', 0, 1.12, "What's my balance?", 0.46),
  r: info('TurnResumed', 0, 1.36, "What's my balance on", 0.08),
  w: info('Update', 0, 1.6, "What's my balance on savings?", 0.22),
  f: info('EagerEndOfTurn', 0, 1.84, "What's my balance on savings?", 0.51),
  E: info('EndOfTurn', 0, 2, "What's my balance on savings?", 0.78, { trigger: 'model' }),
  U: info('Update', 1, 2.24, '', 0.01),
} as const;

const event = (
  type: TurnEvent['type'],
  turn: string,
  audioEndMs: number,
  transcript: string,
  confidence: number,
  more = {},
): TurnEvent => ({
  type,
  turn,
  transcript,
  words: [],
  confidence,
  audioEndMs,
  ...more,
});

/** The same as events. */
export const events = {
  C: { type: 'Connected', requestId: 'r-1' },
  u: event('Update', '0:0', 240, '', 0.02),
  s: event('StartOfTurn', '0:0', 560, "What's", 0.03),
  v: event('Update', '0:0', 800, "What's my balance", 0.05),
  e: event('EagerEndOfTurn', '0:0', 1120, "What's my balance?", 0.46),
  r: event('TurnResumed', '0:0', 1360, "What's my balance on", 0.08),
  w: event('Update', '0:0', 1600, "What's my balance on savings?", 0.22),
  f: event('EagerEndOfTurn', '0:0', 1840, "What's my balance on savings?", 0.51),
  E: event('EndOfTurn', '0:0', 2000, "What's my balance on savings?", 0.78, { trigger: 'model' }),
  U: event('Update', '0:1', 2240, '', 0.01),
} as const;
