import { Subscription, timer } from 'rxjs';
import type { Cue, CueEvent, IgnoreReason, Say, TurnEvent, TurnIgnored } from '../events.ts';
import type { BargeInOutput, Floor, BargeInInput } from './floor.ts';
import { isTurnEvent } from './orderly.ts';
import { isEcho, judge, type BargeInPolicy, type Verdict } from './policy.ts';
import { Queue } from '../core/queue.ts';

/** What the keeper of the floor asks before it decides. */
export interface Questions {
  readonly policy: () => BargeInPolicy | false;
  readonly floor: () => Floor;
  readonly echoGuard: () => boolean;
  readonly closing: () => boolean;
}

/** Keeps the floor: holds turns back, lets them through, cuts, pauses. The rules are in `bargeIn`. */
export class FloorKeeper {
  readonly #questions: Questions;
  readonly #out: (event: BargeInOutput) => void;
  /** Runs what a timer brings about, in its turn. */
  readonly #later: (work: () => void) => void;
  readonly #says = new Queue<Say>();
  /** Events of turns that wait for a decision, or for protected speech to end. */
  #held: TurnEvent[] = [];
  /** The start of the caller's turn in progress, and the turn that was let through. */
  #open: TurnEvent | undefined;
  #through: string | undefined;
  /** What the reply of the moment answers or says, and the end whose reply was cancelled before anything was heard of it. */
  #saying: TurnEvent | Say | undefined;
  #unanswered: TurnEvent | undefined;
  #paused = false;
  #clock = Subscription.EMPTY;
  #turnsOver = false;
  #done = false;

  constructor(questions: Questions, out: (event: BargeInOutput) => void, later: (work: () => void) => void) {
    this.#questions = questions;
    this.#out = out;
    this.#later = later;
  }

  /** Nothing more will come, and nothing waits. */
  get isOver(): boolean {
    const nothingWaits = this.#held.length === 0 && this.#says.length === 0;
    return nothingWaits && (this.#done || (this.#turnsOver && this.#isFree));
  }

  hear(event: BargeInInput): void {
    if (event.type === 'Say') this.#says.push(event);
    else if (event.type === 'HangUp') this.#hangUp();
    else if (event.type === 'TurnsOver') this.#turnsOver = true;
    else if (event.type === 'TurnIgnored') this.#ignored(event);
    else if (isTurnEvent(event)) this.#turn(event);
    else if (event.type === 'Cue') this.#dismiss(event);
    else this.#out(event);
  }

  /** The reply of the moment has ended. */
  freed(): void {
    if (!this.#isFree) return; // another one has begun
    this.#saying = undefined;
    this.#unpause();
    const last = this.#held.findLast(({ turn }) => turn === this.#open?.turn);
    this.#release(last && this.#isEcho(last) ? last.turn : undefined);
  }

  /** Says what waits to be said, if nobody speaks. */
  settle(): void {
    if (!this.#isFree || this.#saying || this.#open || this.#held.length > 0) return;
    const say = this.#says.take();
    if (!say) return;
    this.#saying = say;
    this.#out(say);
  }

  close(): void {
    this.#done = true;
  }

  leave(): void {
    this.#clock.unsubscribe();
  }

  get #isFree(): boolean {
    return this.#questions.floor().held === 'nobody';
  }

  get #protecting(): boolean {
    return this.#saying?.type === 'Say' && this.#saying.protect;
  }

  #turn(event: TurnEvent): void {
    const { type, turn } = event;
    const start = this.#open?.turn === turn ? this.#open : event;
    if (type === 'Update' && start === event) {
      this.#out(event); // between turns
      return;
    }
    const typed = event.trigger === 'typed';
    if (!typed) this.#open = type === 'EndOfTurn' ? undefined : start;
    if (turn === this.#through) this.#pass(event);
    else if (this.#isEcho(event)) this.#echo(event);
    else if (this.#isFree) this.#lead(event);
    else this.#decide(event, start);
  }

  /** A turn that nobody stands in the way of, any more or at all. */
  #lead(event: TurnEvent): void {
    const waited = this.#held.some(({ turn }) => turn === event.turn);
    if (waited) this.#held.push(event);
    this.#release();
    if (!waited) this.#pass(event);
  }

  #pass(event: TurnEvent): void {
    if (event.type === 'EndOfTurn') {
      this.#through = undefined;
      this.#take(event);
      this.#answer(event);
    } else {
      this.#through = event.turn;
      this.#out(event);
    }
  }

  /** Whether a turn that began while the agent was heard is made of the agent's words so far. */
  #isEcho(event: TurnEvent): boolean {
    if (!this.#questions.echoGuard() || event.trigger === 'typed') return false;
    const { held, saying } = this.#questions.floor();
    return (held === 'speaking' || this.#held.some(({ turn }) => turn === event.turn)) && isEcho(event, saying);
  }

  #echo(event: TurnEvent): void {
    if (event.type === 'EndOfTurn') this.#ignore(event.turn, 'echo');
    else this.#held.push(event);
  }

  #decide(event: TurnEvent, start: TurnEvent): void {
    this.#held.push(event);
    const ended = event.type === 'EndOfTurn';
    const verdict = this.#verdictOn(event, start);

    if (ended && verdict === 'backchannel' && this.#questions.floor().held === 'speaking') this.#ignore(event.turn, verdict);
    else if (this.#protecting) return;
    else if (verdict === 'cut') this.#cut(event);
    else if (this.#questions.floor().held === 'thinking') {
      if (ended || event.type === 'EagerEndOfTurn')
        this.#cut(event); // it joins, whatever the policy
      else this.#pause();
    } else if (verdict === 'never') {
      if (ended) this.#resume();
    } else if (ended) this.#ignore(event.turn, verdict);
    else if (event === start) this.#pauseAWhile();
  }

  #verdictOn(event: TurnEvent, start: TurnEvent): Verdict | 'never' {
    const policy = this.#questions.policy();
    if (event.trigger === 'typed') return 'cut';
    return policy === false ? 'never' : judge(event, start, policy);
  }

  /** The reply goes, and the turns that wait go on. */
  #cut({ turn }: TurnEvent): void {
    this.#silence(turn);
    this.#release();
  }

  /** What nobody has heard of is answered, or said, later. */
  #silence(turn: string): void {
    const saying = this.#saying;
    this.#unpause();
    this.#out({ type: 'Cue', cue: 'cut', turn });
    if (!saying || this.#questions.floor().heard) return;
    if (saying.type === 'Say') this.#says.putBack(saying);
    else this.#unanswered = saying;
  }

  /** Lets go what waited, but for one turn: those that ended are taken, the last of them is answered; the open one goes on. */
  #release(except?: string): void {
    const held = this.#held.filter(({ turn }) => turn !== except);
    this.#held = this.#held.filter(({ turn }) => turn === except);
    const ends = held.filter(({ type }) => type === 'EndOfTurn');
    for (const end of ends) this.#take(end);
    const open = standing(held.filter(({ turn }) => !ends.some((end) => end.turn === turn)));
    const last = ends.at(-1);
    if (last && open.length === 0) this.#answer(last);
    else if (last) this.#unanswered = last; // one reply answers it and the turn that is open
    for (const event of open) this.#pass(event);
  }

  #take({ turn, transcript }: TurnEvent): void {
    this.#unanswered = undefined;
    this.#out({ type: 'TurnTaken', turn, text: transcript });
  }

  #answer(end: TurnEvent): void {
    this.#saying = end;
    this.#out(end);
  }

  #ignore(turn: string, reason: IgnoreReason): void {
    this.#ignored({ type: 'TurnIgnored', turn, reason });
  }

  /** A turn came to nothing: what it stopped goes on, unless another one is in progress. */
  #ignored(event: TurnIgnored): void {
    this.#held = this.#held.filter(({ turn }) => turn !== event.turn);
    if (this.#open?.turn === event.turn) this.#open = undefined;
    if (this.#through === event.turn) this.#through = undefined;
    this.#out(event);
    if (this.#open) return;
    this.#resume();
    const again = this.#unanswered;
    if (!again || !this.#isFree) return;
    this.#unanswered = undefined;
    this.#answer(again);
  }

  /** Told by hand: the reply of the moment, or the one that is still owed. */
  #dismiss(event: CueEvent): void {
    this.#unanswered = undefined;
    this.#out(event);
  }

  /** What was said stays said; it is only not answered. */
  #hangUp(): void {
    const said = this.#held.filter(({ type }) => type === 'EndOfTurn');
    this.#unpause();
    this.#held = [];
    while (this.#says.take());
    this.#done = true;
    this.#cue('cut');
    for (const end of said) this.#take(end);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#cue('pause');
  }

  /** Only if the policy says for how long. */
  #pauseAWhile(): void {
    const policy = this.#questions.policy();
    const { resumeAfterMs } = policy || {};
    if (this.#paused || resumeAfterMs === undefined) return;
    this.#pause();
    this.#clock = timer(resumeAfterMs).subscribe(() => this.#later(() => this.#resume()));
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#unpause();
    const stays = this.#questions.closing() && this.#questions.floor().held === 'speaking';
    this.#cue(stays ? 'cut' : 'resume');
  }

  #unpause(): void {
    this.#paused = false;
    this.#clock.unsubscribe();
  }

  #cue(cue: Cue): void {
    this.#out({ type: 'Cue', cue });
  }
}

/** Of an open turn only what still stands: its start, and the draft that its last words are good for. */
function standing(events: readonly TurnEvent[]): readonly TurnEvent[] {
  const eager = events.findLastIndex(({ type }) => type === 'EagerEndOfTurn');
  const resumed = events.findLastIndex(({ type }) => type === 'TurnResumed');
  return events.filter(({ type }, at) => type === 'StartOfTurn' || (at === eager && eager > resumed));
}
