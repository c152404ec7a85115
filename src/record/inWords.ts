import { isCancelled } from '../../operators/call/isCancelled.ts';
import type { AgentEvent, DropReason, IgnoreReason, TurnEvent } from '../../operators/events.ts';
import type { BargeInPolicy } from '../../operators/turns/policy.ts';
import { wordsIn } from '../../operators/speech/wordEnds.ts';

/** The events of a type. */
export type EventOf<K, E = AgentEvent> = E extends { readonly type: infer T } ? (K extends T ? E : never) : never;

type InWords = { readonly [K in AgentEvent['type']]: (event: EventOf<K>) => string };

const quoted = (text: string) => JSON.stringify(text.trim());
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const toTurn = ({ turn }: { readonly turn?: string }) => (turn === undefined ? '' : ` to turn ${turn}`);

/** The transcript, and its number of words, which a policy counts. */
function transcriptOf({ words, transcript }: TurnEvent): string {
  const count = words.length > 0 ? words.length : wordsIn(transcript).length;
  return `${quoted(transcript)}, ${count === 1 ? '1 word' : `${count} words`}`;
}

/** Why a draft was dropped. */
export const dropReasons: Readonly<Record<DropReason, string>> = {
  resumed: 'the caller went on',
  changed: 'the turn ended with other words',
  superseded: 'another turn took its place',
  timeout: 'the turn did not end in time',
  failed: 'the model or the voice failed',
  started: 'another turn began',
  closed: 'the call ended',
};

/** Why a turn was not answered. */
export const ignoreReasons: Readonly<Record<IgnoreReason, string>> = {
  empty: 'it had no words',
  backchannel: 'it was only a backchannel while the agent spoke',
  minWords: 'it had too few words to interrupt the agent',
  minDurationMs: 'it was too short to interrupt the agent',
  echo: "it was the agent's own echo",
  lost: 'its connection was lost',
  unfinished: 'it had not ended when the call ended',
};

const sentences: InWords = {
  Connected: ({ requestId }) => `Flux connected (request ${requestId})`,
  Reconnected: ({ gapMs, droppedMs }) =>
    `Flux reconnected after ${seconds(gapMs)}${droppedMs > 0 ? `; ${seconds(droppedMs)} of audio were lost` : ''}`,
  Configured: () => 'Flux accepted new settings',
  Warning: ({ stage, code, message }) => `${stage} sent a warning (${code}): ${message}`,
  Failure: ({ stage, code, message, recovered }) => `${stage} failed (${code}${recovered ? ', recovered' : ''}): ${message}`,
  StartOfTurn: (event) => `the caller began turn ${event.turn}: ${transcriptOf(event)}`,
  Update: (event) => `the transcript of turn ${event.turn} was ${transcriptOf(event)}`,
  EagerEndOfTurn: (event) => `turn ${event.turn} was probably over, at ${percent(event.confidence)}: ${transcriptOf(event)}`,
  TurnResumed: (event) => `the caller went on in turn ${event.turn}: ${transcriptOf(event)}`,
  EndOfTurn: (event) => {
    const how =
      event.trigger === undefined ? `at ${percent(event.confidence)}` : `by ${event.trigger}, at ${percent(event.confidence)}`;
    return `turn ${event.turn} ended ${how}: ${transcriptOf(event)}`;
  },
  TurnLost: ({ turn }) => `turn ${turn} was lost with its connection`,
  TurnTaken: ({ turn, text }) => `turn ${turn} entered the conversation: ${quoted(text)}`,
  TurnIgnored: ({ turn, reason }) => `turn ${turn} was not answered: ${ignoreReasons[reason]}`,
  DraftStarted: ({ turn, reply }) => `draft ${reply} for turn ${turn} was started`,
  DraftDropped: ({ reply, reason, tokens, characters }) =>
    `draft ${reply} was dropped after ${tokens} tokens and ${characters} characters of speech: ${dropReasons[reason]}`,
  ReplyStarted: (event) =>
    event.drafted ? `draft ${event.reply} became the reply${toTurn(event)}` : `reply ${event.reply}${toTurn(event)} was started`,
  Token: ({ reply, text }) => `the model wrote ${quoted(text)} for reply ${reply}`,
  Sentence: ({ reply, text }) => `a sentence of reply ${reply} went to the voice: ${quoted(text)}`,
  AudioStarted: ({ reply }) => `the first audio of reply ${reply} came`,
  SpeechStarted: ({ reply }) => `reply ${reply} began to be heard`,
  SpeechPaused: ({ reply, heardMs }) => `reply ${reply} was paused after ${seconds(heardMs)}`,
  SpeechResumed: ({ reply }) => `reply ${reply} went on`,
  Heard: ({ reply, heardMs, text }) => `${quoted(text)} of reply ${reply} had been heard, in ${seconds(heardMs)}`,
  BargeIn: ({ reply, heardMs }) => `reply ${reply} was interrupted after ${seconds(heardMs)}`,
  ReplyEnded: (event) => {
    const { reply, heard, interrupted } = event;
    if (isCancelled(event)) return `reply ${reply} was cancelled`;
    if (heard === '') return `reply ${reply} ended without a sound`;
    return interrupted ? `reply ${reply} ended after ${quoted(heard)}` : `reply ${reply} was heard to its end`;
  },
  Latency: ({ reply }) => `the latency of reply ${reply} was known`,
  Idle: () => 'neither side had spoken for a while',
  Closed: () => 'the call ended',
};

/** Describes an event in plain words, without a full stop. */
export function inWords(event: AgentEvent): string {
  return (sentences[event.type] as (event: AgentEvent) => string)(event);
}

/** Describes a policy by its options: `minWords 2`. */
export function policyInWords(policy: BargeInPolicy | false): string {
  if (policy === false) return 'bargeIn false';
  const given = Object.entries(policy as Readonly<Record<string, unknown>>);
  if (given.length === 0) return 'minWords 0';
  return given.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`).join(', ');
}
