import { Queue } from '../core/queue.ts';
import type { Cue, Say, TurnEvent, TurnIgnored } from '../events.ts';
import type { BargeInInput, BargeInOutput, Floor } from './floor.ts';
import { HeldTurns } from './heldTurns.ts';
import { isEcho, type BargeInPolicy } from './policy.ts';
import { ReplyPause } from './replyPause.ts';
import { turnDecision } from './turnDecision.ts';

/** The state of the call that decisions depend on, read at each decision. */
export interface CallState {
  readonly policy: () => BargeInPolicy | false;
  readonly floor: () => Floor;
  readonly echoGuard: () => boolean;
  readonly closing: () => boolean;
}

/** Carries out the decisions of `bargeIn`: lets turns pass, holds them, and gives cues to the reply. */
export class FloorControl {
  readonly #state: CallState;
  readonly #emit: (event: BargeInOutput) => void;
  /** Runs a timer's callback when no other event is being handled. */
  readonly #schedule: (callback: () => void) => void;
  readonly #waiting = new HeldTurns();
  readonly #pause: ReplyPause;
  readonly #says = new Queue<Say>();
  /** The start of the turn in progress. */
  #open: TurnEvent | undefined;
  /** The open turn whose events pass. */
  #passing: string | undefined;
  /** The turn or `Say` that the current reply answers. */
  #answering: TurnEvent | Say | undefined;
  /** The end of a turn whose reply was cancelled before anything of it was heard. */
  #unanswered: TurnEvent | undefined;
  #turnsOver = false;
  #completed = false;

  constructor(state: CallState, emit: (event: BargeInOutput) => void, schedule: (callback: () => void) => void) {
    this.#state = state;
    this.#emit = emit;
    this.#schedule = schedule;
    this.#pause = new ReplyPause(
      () => this.#cue('pause'),
      () => {
        const staysSilent = state.closing() && state.floor().held === 'speaking';
        this.#cue(staysSilent ? 'cut' : 'resume');
      },
    );
  }

  /** No event will follow and nothing waits. */
  get isOver(): boolean {
    const nothingWaits = this.#waiting.isEmpty && this.#says.length === 0;
    return nothingWaits && (this.#completed || (this.#turnsOver && this.#isFree));
  }

  handle(event: BargeInInput): void {
    switch (event.type) {
      case 'StartOfTurn':
      case 'Update':
      case 'EagerEndOfTurn':
      case 'TurnResumed':
      case 'EndOfTurn':
        this.#handleTurn(event);
        break;
      case 'TurnIgnored':
        this.#ignore(event);
        break;
      case 'Say':
        this.#says.push(event);
        break;
      case 'Cue':
        this.#unanswered = undefined; // A control dismisses the current reply, or the one that would be made again.
        this.#emit(event);
        break;
      case 'HangUp':
        this.#hangUp();
        break;
      case 'TurnsOver':
        this.#turnsOver = true;
        break;
      default:
        this.#emit(event);
    }
  }

  /** The current reply has ended. */
  replyEnded(): void {
    if (!this.#isFree) return; // Another reply has started.
    this.#answering = undefined;
    this.#pause.end();
    const latest = this.#waiting.latest(this.#open?.turn);
    this.#release(latest && this.#isEcho(latest) ? latest.turn : undefined);
  }

  /** Starts the next `Say` if neither side is speaking and no turn waits. */
  sayNext(): void {
    if (!this.#isFree || this.#answering || this.#open || !this.#waiting.isEmpty) return;
    const say = this.#says.take();
    if (!say) return;
    this.#answering = say;
    this.#emit(say);
  }

  complete(): void {
    this.#completed = true;
  }

  unsubscribe(): void {
    this.#pause.end();
  }

  get #isFree(): boolean {
    return this.#state.floor().held === 'nobody';
  }

  #handleTurn(event: TurnEvent): void {
    const { type, turn } = event;
    const start = this.#open?.turn === turn ? this.#open : event;
    if (type === 'Update' && start === event) {
      this.#emit(event); // It belongs to no turn.
      return;
    }
    if (event.trigger !== 'typed') this.#open = type === 'EndOfTurn' ? undefined : start;

    if (turn === this.#passing) this.#pass(event);
    else if (!this.#isEcho(event)) this.#decide(event, start);
    else if (type === 'EndOfTurn') this.#ignore({ type: 'TurnIgnored', turn, reason: 'echo' });
    else this.#waiting.hold(event);
  }

  #decide(event: TurnEvent, start: TurnEvent): void {
    const policy = this.#state.policy();
    const isProtected = this.#answering?.type === 'Say' && this.#answering.protect;
    const decision = turnDecision(event, start, { held: this.#state.floor().held, isProtected, policy });
    if (decision === 'pass') {
      this.#passAfterHeld(event);
      return;
    }
    this.#waiting.hold(event);
    switch (decision) {
      case 'cut':
        this.#cut(event);
        break;
      case 'hold':
        break;
      case 'pause':
        this.#pause.pause();
        break;
      case 'pauseAWhile':
        if (policy && policy.resumeAfterMs !== undefined)
          this.#pause.pauseFor(policy.resumeAfterMs, () => this.#schedule(() => this.#pause.resume()));
        break;
      case 'resume':
        this.#pause.resume();
        break;
      default:
        this.#ignore({ type: 'TurnIgnored', turn: event.turn, reason: decision });
    }
  }

  /** The turn barges in: the reply is cut and the held turns pass. What nobody heard is answered, or said, later. */
  #cut({ turn }: TurnEvent): void {
    const answering = this.#answering;
    this.#pause.end();
    this.#emit({ type: 'Cue', cue: 'cut', turn });
    if (answering && !this.#state.floor().heard) {
      if (answering.type === 'Say') this.#says.putBack(answering);
      else this.#unanswered = answering;
    }
    this.#release();
  }

  /** Releases the held turns but one: those that have ended are taken and the last of them is answered; the open one goes on. */
  #release(except?: string): void {
    const { ends, open } = this.#waiting.release(except);
    for (const end of ends) this.#take(end);
    const last = ends.at(-1);
    if (last && open.length === 0) this.#answer(last);
    else if (last) this.#unanswered = last; // One reply answers it and the open turn.
    for (const event of open) this.#pass(event);
  }

  #passAfterHeld(event: TurnEvent): void {
    const waited = this.#waiting.has(event.turn);
    if (waited) this.#waiting.hold(event);
    this.#release();
    if (!waited) this.#pass(event);
  }

  #pass(event: TurnEvent): void {
    if (event.type === 'EndOfTurn') {
      this.#passing = undefined;
      this.#take(event);
      this.#answer(event);
    } else {
      this.#passing = event.turn;
      this.#emit(event);
    }
  }

  #take({ turn, transcript }: TurnEvent): void {
    this.#unanswered = undefined;
    this.#emit({ type: 'TurnTaken', turn, text: transcript });
  }

  #answer(end: TurnEvent): void {
    this.#answering = end;
    this.#emit(end);
  }

  /** A turn came to nothing: the reply it paused resumes, and one it cancelled is made again, unless another turn is open. */
  #ignore(event: TurnIgnored): void {
    this.#waiting.drop(event.turn);
    if (this.#open?.turn === event.turn) this.#open = undefined;
    if (this.#passing === event.turn) this.#passing = undefined;
    this.#emit(event);
    if (this.#open) return;
    this.#pause.resume();
    const again = this.#unanswered;
    if (!again || !this.#isFree) return;
    this.#unanswered = undefined;
    this.#answer(again);
  }

  /** Whether a turn that started during speech repeats the words being spoken. */
  #isEcho(event: TurnEvent): boolean {
    if (!this.#state.echoGuard() || event.trigger === 'typed') return false;
    const { held, saying } = this.#state.floor();
    return (held === 'speaking' || this.#waiting.has(event.turn)) && isEcho(event, saying);
  }

  /** Ended turns stay in the conversation; they are not answered. */
  #hangUp(): void {
    const { ends } = this.#waiting.release();
    this.#pause.end();
    while (this.#says.take());
    this.#completed = true;
    this.#cue('cut');
    for (const end of ends) this.#take(end);
  }

  #cue(cue: Cue): void {
    this.#emit({ type: 'Cue', cue });
  }
}
