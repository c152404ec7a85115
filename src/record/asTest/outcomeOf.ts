import type { AgentEvent } from '../../../operators/events.ts';

/** The event types that decide what a call comes to, each with the fields that matter. */
const fields: Partial<Record<AgentEvent['type'], readonly string[]>> = {
  StartOfTurn: ['turn', 'transcript'],
  EagerEndOfTurn: ['turn', 'transcript'],
  TurnResumed: ['turn', 'transcript'],
  EndOfTurn: ['turn', 'transcript'],
  TurnLost: ['turn'],
  TurnTaken: ['turn', 'text'],
  TurnIgnored: ['turn', 'reason'],
  DraftStarted: ['turn', 'reply'],
  DraftDropped: ['turn', 'reply', 'reason'],
  ReplyStarted: ['turn', 'reply', 'drafted'],
  SpeechStarted: ['reply'],
  SpeechPaused: ['reply'],
  SpeechResumed: ['reply'],
  BargeIn: ['reply'],
  ReplyEnded: ['reply', 'heard', 'interrupted'],
  Idle: [],
};

/** The fields of an event that decide what a call comes to; undefined for an event that does not. */
export const outcomeFields = ({ type }: AgentEvent): readonly string[] | undefined => fields[type];

/** Reduces events to what a call came to: its turns, drafts, replies and interruptions, with their times and words. */
export function outcomeOf(events: readonly AgentEvent[]): readonly object[] {
  return events.flatMap((event) => {
    const names = outcomeFields(event);
    if (names === undefined) return [];
    const all: Readonly<Record<string, unknown>> = { ...event };
    return [Object.fromEntries(['at', 'type', ...names].filter((name) => name in all).map((name) => [name, all[name]]))];
  });
}
