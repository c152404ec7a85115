import type { AgentEvent } from '../../operators/events.ts';
import type { AudibleSpan } from './result.ts';

interface Sounding {
  /** Since when it sounds; undefined while it is paused. */
  from: number | undefined;
  /** What was heard of it so far, and how much of that is told in earlier spans. */
  heard: string;
  told: number;
}

/** When which reply could be heard, from the events of a call, in order of their ends. */
export function audible(events: readonly AgentEvent[]): readonly AudibleSpan[] {
  const spans: AudibleSpan[] = [];
  const replies = new Map<number, Sounding>();

  const close = (reply: number, sounding: Sounding, to: number) => {
    if (sounding.from === undefined) return;
    const text = sounding.heard.slice(sounding.told).trim();
    if (to > sounding.from || text !== '') spans.push({ reply, from: sounding.from, to, text });
    sounding.told = sounding.heard.length;
    sounding.from = undefined;
  };

  for (const event of events) {
    const sounding = 'reply' in event ? replies.get(event.reply) : undefined;
    switch (event.type) {
      case 'SpeechStarted':
        replies.set(event.reply, { from: event.at, heard: '', told: 0 });
        break;
      case 'SpeechResumed':
        if (sounding) sounding.from ??= event.at;
        break;
      case 'Heard':
        if (sounding) sounding.heard = event.text;
        break;
      case 'SpeechPaused':
        if (sounding) sounding.heard = event.text;
        if (sounding) close(event.reply, sounding, event.at);
        break;
      case 'ReplyEnded':
        if (sounding) {
          sounding.heard = event.heard;
          close(event.reply, sounding, event.at);
          replies.delete(event.reply);
        }
        break;
      default:
    }
  }
  const end = events.at(-1)?.at ?? 0;
  for (const [reply, sounding] of replies) close(reply, sounding, end);
  return spans;
}
