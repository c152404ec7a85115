import type { TurnEvent } from '../events.ts';
import type { Floor } from './floor.ts';
import { judge, type BargeInPolicy, type Verdict } from './policy.ts';

/** The agent's side at the moment of a decision. */
export interface Situation {
  readonly held: Floor['held'];
  /** The reply must not be cut. */
  readonly isProtected: boolean;
  /** `false` never cuts audible speech. */
  readonly policy: BargeInPolicy | false;
}

/**
 * What becomes of a turn and of the reply.
 *
 * - `pass`: the turn passes.
 * - `cut`: the reply is cut and the turn passes.
 * - `hold`: the turn waits.
 * - `pause`: the turn waits and the reply pauses until the turn is decided.
 * - `pauseAWhile`: the turn waits and the reply pauses for `resumeAfterMs`, if the policy has one.
 * - `resume`: the turn waits and a paused reply resumes.
 * - a reason: the turn is ignored and a paused reply resumes.
 */
export type TurnDecision = 'pass' | 'hold' | 'pause' | 'pauseAWhile' | 'resume' | Verdict;

/**
 * Decides on one event of a turn.
 *
 *     the agent is    StartOfTurn                    Update, TurnResumed    EagerEndOfTurn    EndOfTurn
 *     silent          pass                           pass                   pass              pass
 *     thinking        cut, else pause                cut, else pause        cut (joined)      cut (joined)
 *     speaking        cut, else pauseAWhile          cut, else hold         cut, else hold    cut, else ignored
 *     policy: false   hold                           hold                   hold              hold, resume
 *
 * `cut` applies once the policy is met. Protected speech holds every turn, typed ones too, but ignores backchannels; otherwise a
 * typed turn always cuts.
 */
export function turnDecision(event: TurnEvent, start: TurnEvent, { held, isProtected, policy }: Situation): TurnDecision {
  if (held === 'nobody') return 'pass';
  const isEnd = event.type === 'EndOfTurn';
  const verdict = verdictOn(event, start, policy);

  if (isEnd && held === 'speaking' && verdict === 'backchannel') return verdict;
  if (isProtected) return 'hold';
  if (verdict === 'cut') return 'cut';
  if (held === 'thinking') return isEnd || event.type === 'EagerEndOfTurn' ? 'cut' : 'pause';
  if (verdict === undefined) return isEnd ? 'resume' : 'hold';
  if (isEnd) return verdict;
  return event === start ? 'pauseAWhile' : 'hold';
}

/** `undefined`: the policy never cuts. */
function verdictOn(event: TurnEvent, start: TurnEvent, policy: BargeInPolicy | false): Verdict | undefined {
  if (event.trigger === 'typed') return 'cut';
  return policy === false ? undefined : judge(event, start, policy);
}
