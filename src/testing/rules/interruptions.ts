import type { AgentEvent, ReplyStarted, TurnEvent } from '../../../operators/events.ts';
import { isTurnEvent } from '../../../operators/turns/orderly.ts';
import type { BargeInPolicy } from '../../../operators/turns/policy.ts';
import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { Rule } from './callRule.ts';

interface Turn {
  readonly startMs: number;
  /** The reply that lived when it started. */
  readonly over: number | undefined;
  readonly last: AgentEvent & TurnEvent;
}

interface Living {
  readonly reply: number;
  /** It is something that the agent was told to say. */
  readonly says: boolean;
  readonly protect: boolean;
  sounds: boolean;
}

/**
 * Who holds the floor: a turn that meets the policy cuts the reply that is heard, in the same tick; one that does not, does not;
 * nothing cuts what is protected; nothing goes on being heard while the call closes.
 */
export const floor: Rule = (tell, told) => {
  let living: Living | undefined;
  let turn: Turn | undefined;
  let due: { readonly at: number; readonly id: number; readonly reply: number } | undefined;
  let said = 0;
  let brokeAt: number | undefined;

  const overdue = () => {
    if (due) tell('uncut', `Reply ${due.reply} goes on though the turn may cut it.`, due.id);
    due = undefined;
  };
  /** Whether the turn may cut at this moment; undefined if that cannot be told. */
  const mayCut = (at: number, { startMs, last }: Turn): boolean | undefined => {
    const policy = told.policy(at);
    if (policy === undefined || told.guarded(at) !== false) return undefined;
    return policy !== false && meets(policy, last, last.audioEndMs - startMs);
  };
  const turned = (event: AgentEvent & TurnEvent) => {
    if (event.type === 'StartOfTurn') turn = { startMs: event.audioEndMs, over: living?.reply, last: event };
    else if (turn?.last.turn === event.turn) turn = { ...turn, last: event };
    else return;
    if (!living?.sounds || living.protect || living.reply !== turn.over) return;
    if (mayCut(event.at, turn)) due = { at: event.at, id: event.id, reply: living.reply };
  };
  const begun = ({ reply, turn }: ReplyStarted): Living => {
    const says = turn === undefined;
    return { reply, says, protect: says && told.protected[said++] === true, sounds: false };
  };
  /** What must not have cut: a turn of this moment that began over the reply and may not, or no turn at all. */
  const mayNotHaveCut = ({ reply, protect }: Living, at: number): boolean => {
    if (told.stopped(at) || at >= told.closingAt) return false;
    return protect || turn?.last.at !== at || (turn.over === reply && mayCut(at, turn) === false);
  };

  return {
    see(event) {
      const { at, id } = event;
      if (due && at > due.at) overdue();
      if (isTurnEvent(event)) turned(event);
      switch (event.type) {
        case 'ReplyStarted':
          living = begun(event);
          break;
        case 'SpeechStarted':
          if (living) living.sounds = true;
          break;
        case 'SpeechResumed':
          if (living?.sounds && told.isClosing(event))
            tell('resumed-closing', `Reply ${event.reply} goes on while the call closes.`, id);
          break;
        case 'Failure':
          if (event.stage === 'play' || !event.recovered) brokeAt = at;
          break;
        case 'ReplyEnded':
          if (living && event.interrupted && event.heardMs > 0 && brokeAt !== at && mayNotHaveCut(living, at))
            tell('cut', `Reply ${event.reply} is cut by what may not cut it.`, ...(turn ? [turn.last.id] : []), id);
          if (due?.reply === event.reply) due = undefined;
          if (living?.says && event.interrupted && event.heard === '' && !told.dismissed(at)) said--; // it comes again
          living = undefined;
          break;
        default:
      }
    },
    closed: overdue,
  };
};

/** The policy of the design once more, in another way, so that it shares no mistake with the operators. */
function meets(
  { minWords = 0, minDurationMs = 0, stopWords = [], backchannels = [] }: BargeInPolicy,
  { transcript, words }: TurnEvent,
  lastedMs: number,
): boolean {
  const all = (words.length > 0 ? words.map(({ word }) => word) : wordsIn(transcript)).map(letters).filter(Boolean);
  const said = `|${all.map((word) => `${word}|`).join('')}`;
  if (stopWords.some((stop) => new RegExp(`\\|${spread(stop)}\\|`, 'u').test(said))) return true;
  const assent = backchannels.map((one) => `${spread(one)}\\|`).join('|');
  if (backchannels.length > 0 && new RegExp(`^\\|(?:${assent})*$`, 'u').test(said)) return false;
  return all.length >= minWords && lastedMs >= minDurationMs;
}

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
/** The letters of a phrase, which may stand in one word or in several. */
const spread = (phrase: string) => Array.from(letters(phrase)).join('\\|?');
