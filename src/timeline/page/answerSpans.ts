import type { AgentEvent, ReplyEnded } from '../../../operators/events.ts';
import type { Of, Said, Span } from './span.ts';

/** A draft, and what became of it; nothing if the call ended before. */
export interface Draft extends Span {
  readonly begun: Of<'DraftStarted'>;
  readonly ended?: Of<'DraftDropped' | 'ReplyStarted'>;
}

/** The model at work on a reply. */
export interface Writing extends Span {
  readonly reply: number;
}

/** A reply, as it ended; or as far as it had come, if the recording broke off in it. */
export interface Answer extends Span, Pick<ReplyEnded, 'reply' | 'text' | 'heard' | 'interrupted'> {
  readonly turn?: string;
  readonly isOver: boolean;
}

export function draftsOf(events: readonly AgentEvent[], callMs: number): readonly Draft[] {
  const drafts = new Map<number, Draft>();
  for (const event of events) {
    if (event.type === 'DraftStarted') drafts.set(event.reply, { begun: event, from: event.at, to: callMs });
    if (event.type !== 'DraftDropped' && event.type !== 'ReplyStarted') continue;
    const draft = drafts.get(event.reply);
    if (draft) drafts.set(event.reply, { ...draft, ended: event, to: event.at });
  }
  return [...drafts.values()];
}

export function writingOf(events: readonly AgentEvent[]): readonly Writing[] {
  const writing = new Map<number, Writing>();
  for (const event of events) {
    const begins = event.type === 'DraftStarted' || event.type === 'ReplyStarted';
    if (!begins && event.type !== 'Token') continue;
    const before = writing.get(event.reply);
    if (before && begins) continue;
    writing.set(event.reply, { reply: event.reply, from: before?.from ?? event.at, to: event.at });
  }
  return [...writing.values()].filter(({ from, to }) => to > from);
}

export function answersOf(events: readonly AgentEvent[], callMs: number): readonly Answer[] {
  const answers = new Map<number, Answer>();
  const written = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'Token') written.set(event.reply, (written.get(event.reply) ?? '') + event.text);
    if (event.type !== 'ReplyStarted' && event.type !== 'Heard' && event.type !== 'ReplyEnded') continue;
    const { reply } = event;
    const begun = event.type === 'ReplyStarted' && { from: event.at, ...(event.turn !== undefined && { turn: event.turn }) };
    const before = answers.get(reply) ?? {
      reply,
      from: event.at,
      to: callMs,
      text: '',
      heard: '',
      interrupted: false,
      isOver: false,
    };
    if (before.isOver) continue;
    const { text, heard, interrupted } = event.type === 'ReplyEnded' ? event : before;
    if (event.type === 'ReplyEnded') answers.set(reply, { ...before, to: event.at, text, heard, interrupted, isOver: true });
    else answers.set(reply, { ...before, ...begun, ...(event.type === 'Heard' && { heard: event.text }) });
  }
  return [...answers.values()].map((answer) => (answer.isOver ? answer : { ...answer, text: written.get(answer.reply) ?? '' }));
}

/** Each new word of what was heard, from the time before it to its own. */
export function heardOf(events: readonly AgentEvent[]): readonly Said[] {
  const before = new Map<number, { readonly at: number; readonly text: string }>();
  return events.flatMap((event): readonly Said[] => {
    if (event.type === 'SpeechStarted') before.set(event.reply, { at: event.at, text: '' });
    if (event.type === 'SpeechResumed') before.set(event.reply, { text: before.get(event.reply)?.text ?? '', at: event.at });
    const text =
      event.type === 'Heard' || event.type === 'SpeechPaused'
        ? event.text
        : event.type === 'ReplyEnded'
          ? event.heard
          : undefined;
    if (text === undefined || !('reply' in event)) return [];
    const last = before.get(event.reply);
    before.set(event.reply, { at: event.at, text });
    const added = last && text.startsWith(last.text) ? text.slice(last.text.length).trim() : '';
    return last && added !== '' ? [{ text: added, from: last.at, to: event.at }] : [];
  });
}
