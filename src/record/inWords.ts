import type { AgentEvent, DropReason, IgnoreReason, TurnEvent } from '../../operators/events.ts';
import type { BargeInPolicy } from '../../operators/turns/policy.ts';
import { wordsIn } from '../../operators/speech/wordEnds.ts';

/** The event of a type; some have several. */
type Of<K, E = AgentEvent> = E extends { readonly type: infer T } ? (K extends T ? E : never) : never;

type InWords = { readonly [K in AgentEvent['type']]: (event: Of<K>) => string };

const quoted = (text: string) => JSON.stringify(text.trim());
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const ofTurn = ({ turn }: { readonly turn?: string }) => (turn === undefined ? '' : ` to turn ${turn}`);

/** What was said so far, and how many words that is: a policy counts them. */
function said({ words, transcript }: TurnEvent): string {
  const count = words.length > 0 ? words.length : wordsIn(transcript).length;
  return `${quoted(transcript)}, ${count === 1 ? '1 word' : `${count} words`}`;
}

const dropped: Readonly<Record<DropReason, string>> = {
  resumed: 'the caller went on',
  changed: 'the turn ended with other words',
  superseded: 'a newer draft took its place',
  timeout: 'the turn did not end in time',
  failed: 'it failed',
  started: 'another turn began',
  closed: 'the call was over',
};

const ignored: Readonly<Record<IgnoreReason, string>> = {
  empty: 'it had no words',
  backchannel: 'it was no more than a backchannel while the agent spoke',
  minWords: 'it had too few words to cut the agent off',
  minDurationMs: 'it was too short to cut the agent off',
  echo: "it was the agent's own echo",
  lost: 'its connection was lost',
  unfinished: 'it had not ended when the call did',
};

const sentences: InWords = {
  Connected: ({ requestId }) => `Flux was connected (request ${requestId})`,
  Reconnected: ({ gapMs, droppedMs }) =>
    `Flux was connected again after ${seconds(gapMs)}${droppedMs > 0 ? `; ${seconds(droppedMs)} of audio were lost` : ''}`,
  Configured: () => 'Flux took new settings',
  Warning: ({ stage, code, message }) => `a warning of ${stage} (${code}): ${message}`,
  Failure: ({ stage, code, message, recovered }) => `${stage} failed (${code}${recovered ? ', recovered' : ''}): ${message}`,
  StartOfTurn: (event) => `the caller began turn ${event.turn}: ${said(event)}`,
  Update: (event) => `turn ${event.turn} had come to ${said(event)}`,
  EagerEndOfTurn: (event) => `turn ${event.turn} was probably over, at ${percent(event.confidence)}: ${said(event)}`,
  TurnResumed: (event) => `the caller went on in turn ${event.turn}: ${said(event)}`,
  EndOfTurn: (event) => {
    const how =
      event.trigger === undefined ? `at ${percent(event.confidence)}` : `by ${event.trigger}, at ${percent(event.confidence)}`;
    return `turn ${event.turn} was over, ${how}: ${said(event)}`;
  },
  TurnLost: ({ turn }) => `turn ${turn} was lost with its connection`,
  TurnTaken: ({ turn, text }) => `turn ${turn} entered the conversation: ${quoted(text)}`,
  TurnIgnored: ({ turn, reason }) => `turn ${turn} was not answered: ${ignored[reason]}`,
  DraftStarted: ({ turn, reply }) => `reply ${reply} to turn ${turn} was begun as a draft`,
  DraftDropped: ({ reply, reason, tokens, characters }) =>
    `draft ${reply} was dropped, ${tokens} tokens and ${characters} characters of speech in vain: ${dropped[reason]}`,
  ReplyStarted: (event) =>
    event.drafted ? `draft ${event.reply} became the reply${ofTurn(event)}` : `reply ${event.reply}${ofTurn(event)} was begun`,
  Token: ({ reply, text }) => `the model wrote ${quoted(text)} for reply ${reply}`,
  Sentence: ({ reply, text }) => `a sentence of reply ${reply} was handed to the voice: ${quoted(text)}`,
  AudioStarted: ({ reply }) => `the first audio of reply ${reply} came`,
  SpeechStarted: ({ reply }) => `reply ${reply} began to be heard`,
  SpeechPaused: ({ reply, heardMs }) => `reply ${reply} was paused after ${seconds(heardMs)}`,
  SpeechResumed: ({ reply }) => `reply ${reply} went on`,
  Heard: ({ reply, heardMs, text }) => `${quoted(text)} of reply ${reply} had been heard, in ${seconds(heardMs)}`,
  BargeIn: ({ reply, heardMs }) => `reply ${reply} was stopped after ${seconds(heardMs)}`,
  ReplyEnded: ({ reply, heard, interrupted }) => {
    if (heard === '') return `reply ${reply} ended unheard`;
    return interrupted ? `reply ${reply} ended there: ${quoted(heard)} had been heard` : `reply ${reply} was heard to its end`;
  },
  Latency: ({ reply }) => `the times of reply ${reply} were known`,
  Idle: () => 'nobody had said anything for a while',
  Closed: () => 'the call was over',
};

/** What happened, in plain words, without a full stop. */
export function inWords(event: AgentEvent): string {
  return (sentences[event.type] as (event: AgentEvent) => string)(event);
}

/** A policy, in its own names: `minWords 2`. */
export function policyInWords(policy: BargeInPolicy | false): string {
  if (policy === false) return 'bargeIn false';
  const given = Object.entries(policy as Readonly<Record<string, unknown>>);
  if (given.length === 0) return 'minWords 0';
  return given.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`).join(', ');
}
