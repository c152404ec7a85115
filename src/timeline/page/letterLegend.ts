import type { AgentEvent } from '../../../operators/events.ts';
import { element } from './elements.ts';

/** The letter in an event's marble, that of `sluice marbles` where there is one, and what it stands for. */
const letters: { readonly [K in AgentEvent['type']]?: readonly [letter: string, meaning: string] } = {
  StartOfTurn: ['s', 'turn begins'],
  EagerEndOfTurn: ['e', 'probably over'],
  TurnResumed: ['r', 'goes on'],
  EndOfTurn: ['E', 'over'],
  TurnTaken: ['t', 'typed or told'],
  DraftStarted: ['d', 'draft begun'],
  DraftDropped: ['×', 'dropped'],
  ReplyStarted: ['R', 'reply'],
  AudioStarted: ['a', 'first audio'],
  SpeechStarted: ['▸', 'heard'],
  ReplyEnded: ['■', 'ended'],
  BargeIn: ['X', 'cut'],
  SpeechPaused: ['‖', 'paused'],
  SpeechResumed: ['▸', 'goes on'],
  TurnIgnored: ['∅', 'not answered'],
  TurnLost: ['⌀', 'turn lost'],
  Failure: ['!', 'failure'],
  Warning: ['?', 'warning'],
  Reconnected: ['↻', 'connected again'],
  Connected: ['c', 'connected'],
  Configured: ['⚙', 'new settings'],
  Idle: ['z', 'idle'],
  Closed: ['■', 'call over'],
};

export const letterOf = ({ type }: AgentEvent) => letters[type]?.[0] ?? '·';

/** What the letters stand for. */
export function legend(): HTMLElement {
  const items = Object.values(letters).map(([letter, meaning]) => element('li', {}, element('b', {}, letter), meaning));
  return element('ul', { class: 'legend' }, ...items);
}
