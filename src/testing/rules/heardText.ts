import type { AgentEvent } from '../../../operators/events.ts';
import type { CallRule } from './callRule.ts';

interface Reply {
  text: string;
  heard: string;
  heardMs: number;
  /** For how long it has played, without the time since `since`. */
  playedMs: number;
  /** Since when it plays. */
  since: number | undefined;
}

const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * The heard text is the beginning of the reply, in whole words: nothing without sound, everything when all of it played, never more
 * than the time allows, and never less than before.
 */
export const heardText: CallRule = (report) => {
  const replies = new Map<number, Reply>();
  let speechFailed = false;

  const check = (reply: Reply, event: AgentEvent, text: string, heardMs: number) => {
    const wrong = (how: string) =>
      report('heard', `${event.type} reports "${text}" as heard, in ${heardMs} ms, but ${how}.`, event.id);
    const whole = reply.text.trimStart();
    const mostMs = reply.playedMs + (reply.since === undefined ? 0 : event.at - reply.since);
    if (!whole.startsWith(text)) wrong(`the text is "${whole}"`);
    else if (isWithinWord(whole, text.length)) wrong('that ends inside a word');
    if (!text.startsWith(reply.heard)) wrong(`"${reply.heard}" was heard before`);
    if (heardMs < reply.heardMs) wrong(`${reply.heardMs} ms were heard before`);
    if (heardMs > mostMs + 1) wrong(`it has played for ${mostMs} ms`);
    if (text !== '' && heardMs === 0) wrong('nothing has sounded');
    reply.heard = text;
    reply.heardMs = heardMs;
  };

  return {
    onEvent(event) {
      if (event.type === 'Failure' && event.stage === 'speak') speechFailed = true;
      if (!('reply' in event)) return;
      if ((event.type === 'ReplyStarted' || event.type === 'DraftStarted') && !replies.has(event.reply))
        replies.set(event.reply, { text: '', heard: '', heardMs: 0, playedMs: 0, since: undefined });
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
          if (reply.since !== undefined) reply.playedMs += event.at - reply.since;
          reply.since = undefined;
          break;
        case 'Heard':
          check(reply, event, event.text, event.heardMs);
          break;
        case 'ReplyEnded': {
          const { heardMs, audioMs, heard, interrupted } = event;
          const whole = reply.text.trim();
          check(reply, event, heard, heardMs);
          if (heardMs > audioMs + 1) report('heard', `${heardMs} ms were heard, but the audio has ${audioMs} ms.`, event.id);
          if (!interrupted && !speechFailed && audioMs > 0 && heard !== whole)
            report('heard', `Only "${heard}" of "${whole}" was heard, although the reply was not interrupted.`, event.id);
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

/** Whether a text cut at this position ends inside a word. */
function isWithinWord(text: string, at: number): boolean {
  const before = text[at - 1] ?? ' ';
  const after = text[at] ?? ' ';
  return /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after) && !spaceless.test(before + after);
}
