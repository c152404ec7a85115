import type { AgentEvent, ReplyEnded } from '../../../operators/events.ts';
import type { Of, Span, SpokenWords } from './span.ts';

/** A draft and how it ended. `ended` is missing if the call ended first. */
export interface Draft extends Span {
  readonly started: Of<'DraftStarted'>;
  readonly ended?: Of<'DraftDropped' | 'ReplyStarted'>;
}

/** The time in which the model wrote a reply. */
export interface Writing extends Span {
  readonly reply: number;
}

/** A reply. If the recording breaks off before its end, `isOver` is false and `text` has the tokens so far. */
export interface Reply extends Span, Pick<ReplyEnded, 'reply' | 'text' | 'heard' | 'interrupted'> {
  readonly turn?: string;
  readonly isOver: boolean;
}

export function draftsOf(events: readonly AgentEvent[], callMs: number): readonly Draft[] {
  const drafts = new Map<number, Draft>();
  for (const event of events) {
    if (event.type === 'DraftStarted') drafts.set(event.reply, { started: event, from: event.at, to: callMs });
    if (event.type !== 'DraftDropped' && event.type !== 'ReplyStarted') continue;
    const draft = drafts.get(event.reply);
    if (draft) drafts.set(event.reply, { ...draft, ended: event, to: event.at });
  }
  return [...drafts.values()];
}

export function writingOf(events: readonly AgentEvent[]): readonly Writing[] {
  const writing = new Map<number, Writing>();
  for (const event of events) {
    const starts = event.type === 'DraftStarted' || event.type === 'ReplyStarted';
    if (!starts && event.type !== 'Token') continue;
    const before = writing.get(event.reply);
    if (before && starts) continue;
    writing.set(event.reply, { reply: event.reply, from: before?.from ?? event.at, to: event.at });
  }
  return [...writing.values()].filter(({ from, to }) => to > from);
}

export function repliesOf(events: readonly AgentEvent[], callMs: number): readonly Reply[] {
  const replies = new Map<number, Reply>();
  const written = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'Token') written.set(event.reply, (written.get(event.reply) ?? '') + event.text);
    if (event.type !== 'ReplyStarted' && event.type !== 'Heard' && event.type !== 'ReplyEnded') continue;
    const { reply, at } = event;
    const nothing = { text: '', heard: '', interrupted: false, isOver: false };
    const before = replies.get(reply) ?? { reply, from: at, to: callMs, ...nothing };
    if (before.isOver) continue;
    if (event.type === 'ReplyEnded') {
      const { text, heard, interrupted } = event;
      replies.set(reply, { ...before, to: at, text, heard, interrupted, isOver: true });
    } else if (event.type === 'Heard') replies.set(reply, { ...before, heard: event.text });
    else replies.set(reply, { ...before, from: at, ...(event.turn !== undefined && { turn: event.turn }) });
  }
  return [...replies.values()].map((reply) => (reply.isOver ? reply : { ...reply, text: written.get(reply.reply) ?? '' }));
}

/** The words that each report of a position adds, from the report before it to its own time. */
export function heardWordsOf(events: readonly AgentEvent[]): readonly SpokenWords[] {
  const before = new Map<number, { readonly at: number; readonly text: string }>();
  return events.flatMap((event): readonly SpokenWords[] => {
    if (!('reply' in event)) return [];
    const { reply, at } = event;
    const last = before.get(reply);
    if (event.type === 'SpeechStarted') before.set(reply, { at, text: '' });
    if (event.type === 'SpeechResumed') before.set(reply, { at, text: last?.text ?? '' });
    const text = heardBy(event);
    if (text === undefined) return [];
    before.set(reply, { at, text });
    const added = last && text.startsWith(last.text) ? text.slice(last.text.length).trim() : '';
    return last && added !== '' ? [{ text: added, from: last.at, to: at }] : [];
  });
}

function heardBy(event: AgentEvent): string | undefined {
  if (event.type === 'ReplyEnded') return event.heard;
  return event.type === 'Heard' || event.type === 'SpeechPaused' ? event.text : undefined;
}
