import type { AgentEvent } from '../../operators/events.ts';
import type { AudibleSpan } from './result.ts';

interface Playing {
  /** Since when it sounds; undefined while it is paused. */
  from: number | undefined;
  /** The text heard so far, and how many characters of it are in earlier spans. */
  heard: string;
  reported: number;
}

/** When each reply could be heard, from the events of a call, in order of the ends. */
export function audible(events: readonly AgentEvent[]): readonly AudibleSpan[] {
  const spans: AudibleSpan[] = [];
  const replies = new Map<number, Playing>();

  const close = (reply: number, playing: Playing, to: number) => {
    const { from, heard, reported } = playing;
    if (from === undefined) return;
    const text = heard.slice(reported).trim();
    if (to > from || text !== '') spans.push({ reply, from, to, text });
    playing.reported = heard.length;
    playing.from = undefined;
  };

  for (const event of events) {
    if (event.type === 'SpeechStarted') replies.set(event.reply, { from: event.at, heard: '', reported: 0 });
    const playing = 'reply' in event ? replies.get(event.reply) : undefined;
    if (!playing) continue;
    if (event.type === 'SpeechResumed') playing.from ??= event.at;
    if (event.type === 'Heard' || event.type === 'SpeechPaused') playing.heard = event.text;
    if (event.type === 'SpeechPaused') close(event.reply, playing, event.at);
    if (event.type !== 'ReplyEnded') continue;
    playing.heard = event.heard;
    close(event.reply, playing, event.at);
    replies.delete(event.reply);
  }
  const end = events.at(-1)?.at ?? 0;
  for (const [reply, playing] of replies) close(reply, playing, end);
  return spans;
}
