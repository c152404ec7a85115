import type { AgentEvent } from '../../../operators/events.ts';
import { element } from './elements.ts';
import { lane, type LaneName } from './lanes.ts';

type Type = AgentEvent['type'];

/**
 * How events are drawn: their lane, the height of the mark in it from 0 (top) to 1, and the letter in their marble with its meaning.
 * The letters are those of `sluice marbles`, if it has one. Events without a letter are not drawn as marbles.
 */
const looks: { readonly [K in Type]: readonly [lane: LaneName, down: number, letter?: string, meaning?: string] } = {
  StartOfTurn: ['Flux', 0.15, 's', 'turn starts'],
  Update: ['Flux', 0.15],
  EagerEndOfTurn: ['Flux', 0.15, 'e', 'turn may be over'],
  TurnResumed: ['Flux', 0.15, 'r', 'turn goes on'],
  EndOfTurn: ['Flux', 0.15, 'E', 'turn is over'],
  TurnTaken: ['Flux', 0.15, 't', 'typed turn'],
  DraftStarted: ['drafts', 0.5, 'd', 'draft started'],
  DraftDropped: ['drafts', 0.5, '×', 'draft dropped'],
  ReplyStarted: ['drafts', 0.5, 'R', 'reply started'],
  Token: ['tokens', 0.5],
  Sentence: ['sentences', 0.3],
  AudioStarted: ['agent', 0.14, 'a', 'first audio'],
  SpeechStarted: ['agent', 0.14, '▸', 'first sound'],
  Heard: ['agent', 0.9],
  ReplyEnded: ['agent', 0.14, '■', 'reply ended'],
  Latency: ['latency', 0.3],
  BargeIn: ['cuts', 0.5, 'X', 'barge-in'],
  SpeechPaused: ['cuts', 0.5, '‖', 'paused'],
  SpeechResumed: ['cuts', 0.5, '▸', 'resumed'],
  TurnIgnored: ['cuts', 0.5, '∅', 'turn ignored'],
  TurnLost: ['faults', 0.5, '⌀', 'turn lost'],
  Failure: ['faults', 0.5, '!', 'failure'],
  Warning: ['faults', 0.5, '?', 'warning'],
  Reconnected: ['faults', 0.5, '↻', 'reconnected'],
  Connected: ['faults', 0.5, 'c', 'connected'],
  Configured: ['faults', 0.5, '⚙', 'new settings'],
  Idle: ['faults', 0.5, 'z', 'silence'],
  Closed: ['faults', 0.5, '■', 'call ended'],
};
const marbleTypes = (Object.keys(looks) as Type[]).filter((type) => looks[type][2] !== undefined);

/** The types of the events that are drawn as marbles in a lane. */
export const marbleTypesOf = (name: LaneName) => marbleTypes.filter((type) => looks[type][0] === name);

export const letterOf = ({ type }: AgentEvent) => looks[type][2];

/** The time at which an event is drawn: a `Latency` comes at the end of its reply and is drawn at the end of the turn. */
export const momentOf = (event: AgentEvent) => (event.type === 'Latency' ? (event.endOfTurn ?? event.at) : event.at);

/** The distance of a mark from the top of the chart, in pixels. */
export function heightOf({ type }: AgentEvent): number {
  const [name, down] = looks[type];
  const { top, height } = lane(name);
  return top + down * height;
}

/** A list of the letters and their meanings. */
export function legend(): HTMLElement {
  const items = marbleTypes.map((type) => element('li', {}, element('b', {}, looks[type][2] ?? ''), looks[type][3] ?? ''));
  return element('ul', { class: 'legend' }, ...items);
}
