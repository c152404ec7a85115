import type { AgentEvent } from '../../../operators/events.ts';
import { element } from './elements.ts';

/** The letter in the marble of an event, as in `sluice marbles` if it has one there, and its meaning. */
const letters: { readonly [K in AgentEvent['type']]?: readonly [letter: string, meaning: string] } = {
  StartOfTurn: ['s', 'turn starts'],
  EagerEndOfTurn: ['e', 'turn may be over'],
  TurnResumed: ['r', 'turn goes on'],
  EndOfTurn: ['E', 'turn is over'],
  TurnTaken: ['t', 'typed turn'],
  DraftStarted: ['d', 'draft started'],
  DraftDropped: ['×', 'draft dropped'],
  ReplyStarted: ['R', 'reply started'],
  AudioStarted: ['a', 'first audio'],
  SpeechStarted: ['▸', 'first sound'],
  ReplyEnded: ['■', 'reply ended'],
  BargeIn: ['X', 'barge-in'],
  SpeechPaused: ['‖', 'paused'],
  SpeechResumed: ['▸', 'resumed'],
  TurnIgnored: ['∅', 'turn ignored'],
  TurnLost: ['⌀', 'turn lost'],
  Failure: ['!', 'failure'],
  Warning: ['?', 'warning'],
  Reconnected: ['↻', 'reconnected'],
  Connected: ['c', 'connected'],
  Configured: ['⚙', 'new settings'],
  Idle: ['z', 'silence'],
  Closed: ['■', 'call ended'],
};

export const letterOf = ({ type }: AgentEvent) => letters[type]?.[0] ?? '·';

/** A list of the letters and their meanings. */
export function legend(): HTMLElement {
  const items = Object.values(letters).map(([letter, meaning]) => element('li', {}, element('b', {}, letter), meaning));
  return element('ul', { class: 'legend' }, ...items);
}
