import type { AgentEvent } from '../../../operators/events.ts';
import type { Rule } from './callRule.ts';

interface Reply {
  text: string;
  heard: string;
  heardMs: number;
  /** How long it could be heard at the most, and since when it is. */
  soundedMs: number;
  since: number | undefined;
}

const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * What is heard is what was said, in whole words: nothing without sound, everything when all was played, never more than the time
 * allows, and never less than before.
 */
export const heard: Rule = (tell) => {
  const replies = new Map<number, Reply>();
  let mute = false;

  const check = (reply: Reply, event: AgentEvent, text: string, heardMs: number) => {
    const wrong = (how: string) => tell('heard', `${event.type} says that "${text}" was heard, ${heardMs} ms: ${how}.`, event.id);
    const said = reply.text.trimStart();
    if (!said.startsWith(text)) wrong(`but "${said}" was said`);
    else if (within(said, text.length)) wrong('a part of a word');
    if (!text.startsWith(reply.heard)) wrong(`less than before, "${reply.heard}"`);
    if (heardMs < reply.heardMs) wrong(`less than before, ${reply.heardMs} ms`);
    const most = reply.soundedMs + (reply.since === undefined ? 0 : event.at - reply.since);
    if (heardMs > most + 1) wrong(`more than it sounded, ${most} ms`);
    if (text !== '' && heardMs === 0) wrong('words without sound');
    reply.heard = text;
    reply.heardMs = heardMs;
  };

  return {
    see(event) {
      if (event.type === 'Failure' && event.stage === 'speak') mute = true;
      if (!('reply' in event)) return;
      if (event.type === 'ReplyStarted' || event.type === 'DraftStarted') {
        if (!replies.has(event.reply))
          replies.set(event.reply, { text: '', heard: '', heardMs: 0, soundedMs: 0, since: undefined });
        return;
      }
      const reply = replies.get(event.reply);
      if (!reply) return;
      switch (event.type) {
        case 'Sentence':
          reply.text += event.text;
          break;
        case 'SpeechStarted':
        case 'SpeechResumed':
          reply.since ??= event.at;
          break;
        case 'SpeechPaused':
          if (reply.since !== undefined) reply.soundedMs += event.at - reply.since;
          reply.since = undefined;
          break;
        case 'Heard':
          check(reply, event, event.text, event.heardMs);
          break;
        case 'ReplyEnded': {
          const { heardMs, audioMs } = event;
          check(reply, event, event.heard, heardMs);
          if (heardMs > audioMs + 1) tell('heard', `${heardMs} ms were heard of ${audioMs} ms.`, event.id);
          if (!event.interrupted && !mute && audioMs > 0 && event.heard !== reply.text.trim())
            tell('heard', `"${event.heard}" was heard of "${reply.text.trim()}", and nobody interrupted.`, event.id);
          replies.delete(event.reply);
          break;
        }
        case 'DraftDropped':
          replies.delete(event.reply);
          break;
        default:
      }
    },
  };
};

/** Whether a text breaks off here inside a word. */
function within(text: string, at: number): boolean {
  const before = text[at - 1] ?? ' ';
  const after = text[at] ?? ' ';
  return /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after) && !spaceless.test(before + after);
}
