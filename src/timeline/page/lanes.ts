import type { AgentEvent } from '../../../operators/events.ts';

/** The lanes from top to bottom, with their heights in pixels. */
const heights = {
  caller: 66,
  Flux: 84,
  drafts: 34,
  tokens: 30,
  sentences: 34,
  agent: 80,
  latency: 38,
  cuts: 30,
  faults: 30,
} as const;

export type LaneName = keyof typeof heights;

export interface Lane {
  readonly name: LaneName;
  readonly top: number;
  readonly height: number;
}

export const axisHeight = 24;
const gap = 8;

export const lanes: readonly Lane[] = Object.entries(heights).map(([name, height], index, all) => ({
  name: name as LaneName,
  height,
  top: all.slice(0, index).reduce((sum, [, above]) => sum + above + gap, axisHeight + gap),
}));

export const chartHeight = lanes.reduce((end, { top, height }) => Math.max(end, top + height), 0) + gap;

const byName = new Map(lanes.map((lane) => [lane.name, lane]));

export function lane(name: LaneName): Lane {
  return byName.get(name) as Lane;
}

/** Where events are drawn: the lane, and the height of the mark in it, from 0 (top) to 1. */
const places: { readonly [K in AgentEvent['type']]: readonly [lane: LaneName, down: number] } = {
  StartOfTurn: ['Flux', 0.15],
  Update: ['Flux', 0.15],
  EagerEndOfTurn: ['Flux', 0.15],
  TurnResumed: ['Flux', 0.15],
  EndOfTurn: ['Flux', 0.15],
  TurnTaken: ['Flux', 0.15],
  DraftStarted: ['drafts', 0.5],
  DraftDropped: ['drafts', 0.5],
  ReplyStarted: ['drafts', 0.5],
  Token: ['tokens', 0.5],
  Sentence: ['sentences', 0.3],
  AudioStarted: ['agent', 0.14],
  SpeechStarted: ['agent', 0.14],
  Heard: ['agent', 0.9],
  ReplyEnded: ['agent', 0.14],
  Latency: ['latency', 0.3],
  BargeIn: ['cuts', 0.5],
  SpeechPaused: ['cuts', 0.5],
  SpeechResumed: ['cuts', 0.5],
  TurnIgnored: ['cuts', 0.5],
  TurnLost: ['faults', 0.5],
  Failure: ['faults', 0.5],
  Warning: ['faults', 0.5],
  Reconnected: ['faults', 0.5],
  Connected: ['faults', 0.5],
  Configured: ['faults', 0.5],
  Idle: ['faults', 0.5],
  Closed: ['faults', 0.5],
};

/** The time at which an event is drawn: a `Latency` comes at the end of its reply and is drawn at the end of the turn. */
export const momentOf = (event: AgentEvent) => (event.type === 'Latency' ? (event.endOfTurn ?? event.at) : event.at);

/** The distance of a mark from the top of the chart, in pixels. */
export function heightOf({ type }: AgentEvent): number {
  const [name, down] = places[type];
  const { top, height } = lane(name);
  return top + down * height;
}
