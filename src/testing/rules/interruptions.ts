import type { AgentEvent, ReplyStarted, TurnEvent } from '../../../operators/events.ts';
import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { BargeInPolicy } from '../../../operators/turns/policy.ts';
import type { CallRule } from './callRule.ts';

interface Turn {
  readonly startMs: number;
  /** The reply that was alive when the turn started. */
  readonly over: number | undefined;
  readonly last: AgentEvent & TurnEvent;
}

interface LiveReply {
  readonly reply: number;
  /** The greeting or a `say`. */
  readonly isLine: boolean;
  readonly isProtected: boolean;
  isHeard: boolean;
}

/**
 * A turn that meets the barge-in policy interrupts the reply that is heard, in the same tick; no other turn does. Protected speech is
 * never interrupted. Paused speech does not resume while the call is closing.
 */
export const interruptions: CallRule = (report, settings) => {
  let live: LiveReply | undefined;
  let turn: Turn | undefined;
  let due: { readonly at: number; readonly id: number; readonly reply: number } | undefined;
  let lines = 0;
  let failedAt: number | undefined;

  const overdue = () => {
    if (due) report('uncut', `Reply ${due.reply} goes on although the policy lets the turn interrupt it.`, due.id);
    due = undefined;
  };
  /** Whether the turn may interrupt at this time; undefined if that is not certain. */
  const mayCut = (at: number, { startMs, last }: Turn): boolean | undefined => {
    const policy = settings.policy(at);
    if (policy === undefined || settings.echoGuard(at) !== false) return undefined;
    return policy !== false && meets(policy, last, last.audioEndMs - startMs);
  };
  const onTurn = (event: AgentEvent & TurnEvent) => {
    if (event.type === 'StartOfTurn') turn = { startMs: event.audioEndMs, over: live?.reply, last: event };
    else if (turn?.last.turn === event.turn) turn = { ...turn, last: event };
    else return;
    if (!live?.isHeard || live.isProtected || live.reply !== turn.over) return;
    if (mayCut(event.at, turn)) due = { at: event.at, id: event.id, reply: live.reply };
  };
  const started = ({ reply, turn }: ReplyStarted): LiveReply => {
    const isLine = turn === undefined;
    return { reply, isLine, isProtected: isLine && settings.protectedLines[lines++] === true, isHeard: false };
  };
  /** Whether nothing at this time may interrupt: no control, and no turn that started over the reply and meets the policy. */
  const mayNotBeCut = ({ reply, isProtected }: LiveReply, at: number): boolean => {
    if (settings.isStopped(at) || at >= settings.closingAt) return false;
    return isProtected || turn?.last.at !== at || (turn.over === reply && mayCut(at, turn) === false);
  };

  return {
    onEvent(event) {
      const { at, id } = event;
      if (due && at > due.at) overdue();
      if (isTurnEvent(event)) onTurn(event);
      switch (event.type) {
        case 'ReplyStarted':
          live = started(event);
          break;
        case 'SpeechStarted':
          if (live) live.isHeard = true;
          break;
        case 'SpeechResumed':
          if (live?.isHeard && settings.isClosing(event))
            report('resumed-closing', `Reply ${event.reply} resumes while the call is closing.`, id);
          break;
        case 'Failure':
          if (event.stage === 'play' || !event.recovered) failedAt = at;
          break;
        case 'ReplyEnded':
          if (live && event.interrupted && event.heardMs > 0 && failedAt !== at && mayNotBeCut(live, at))
            report('cut', `Reply ${event.reply} was interrupted against the policy.`, ...(turn ? [turn.last.id] : []), id);
          if (due?.reply === event.reply) due = undefined;
          if (live?.isLine && event.interrupted && event.heard === '' && !settings.isDismissed(at)) lines--; // it is spoken again
          live = undefined;
          break;
        default:
      }
    },
    onClosed: overdue,
  };
};

/** The default policy, written independently of the operators, so that it shares no mistake with them. */
function meets(
  { minWords = 0, minDurationMs = 0, stopWords = [], backchannels = [] }: BargeInPolicy,
  { transcript, words }: TurnEvent,
  lastedMs: number,
): boolean {
  const all = (words.length > 0 ? words.map(({ word }) => word) : wordsIn(transcript)).map(letters).filter(Boolean);
  const text = `|${all.map((word) => `${word}|`).join('')}`;
  if (stopWords.some((stop) => new RegExp(`\\|${spread(stop)}\\|`, 'u').test(text))) return true;
  const assent = backchannels.map((one) => `${spread(one)}\\|`).join('|');
  if (backchannels.length > 0 && new RegExp(`^\\|(?:${assent})*$`, 'u').test(text)) return false;
  return all.length >= minWords && lastedMs >= minDurationMs;
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
/** A pattern for the letters of a phrase, whether in one word or in several. */
const spread = (phrase: string) => Array.from(letters(phrase)).join('\\|?');
