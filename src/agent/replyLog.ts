import { durationMs } from '../../operators/audio/duration.ts';
import { hasWords } from '../../operators/turns/equivalent.ts';
import type {
  DropReason,
  Failure,
  CallEvent,
  PlaybackEvent,
  Say,
  Sentence,
  Speech,
  Spent,
  Thought,
  TurnEvent,
  Usage,
  Warning,
} from '../../operators/events.ts';
import { toFailure } from '../errors.ts';

interface ReplyLogConfig {
  /** The draft may not use speech, to keep a budget. */
  readonly unspoken: boolean;
  /** The number of drafts of its turn that were not started, to keep a budget. */
  readonly shed: number | undefined;
  /** Whether the last cut came from a turn. */
  readonly cutByTurn: () => boolean;
}

/** Turns the progress of one reply into events of the call, with their figures. */
export class ReplyLog {
  /** The turn is final; failures are emitted from now on. */
  settled = false;
  /** A sentence was handed to speech. */
  spoke = false;
  readonly #turn: TurnEvent | Say;
  readonly #reply: number;
  readonly #note: (event: CallEvent) => void;
  readonly #cutByTurn: () => boolean;
  readonly #shed: number | undefined;
  #text = '';
  #tokens = 0;
  #characters = 0;
  #worded = false;
  #audioMs = 0;
  #heard = { heard: '', heardMs: 0 };
  #usage: Omit<Usage, 'type'> | undefined;

  constructor(
    turn: TurnEvent | Say,
    reply: number,
    note: (event: CallEvent) => void,
    { cutByTurn, unspoken, shed }: ReplyLogConfig,
  ) {
    this.#cutByTurn = cutByTurn;
    this.#shed = shed;
    this.#turn = turn;
    this.#reply = reply;
    this.#note = note;
    if (this.#drafted) note({ type: 'DraftStarted', turn: turn.turn, reply, ...(unspoken && { unspoken }) });
    else this.settle();
  }

  get #drafted(): boolean {
    return this.#turn.type === 'EagerEndOfTurn';
  }

  /** Marks the turn as final and emits `ReplyStarted`. */
  settle(): void {
    if (this.settled) return;
    this.settled = true;
    const shed = this.#shed;
    const turn = this.#turn.type === 'Say' ? {} : { turn: this.#turn.turn };
    this.#note({
      type: 'ReplyStarted',
      ...turn,
      reply: this.#reply,
      drafted: this.#drafted,
      ...(shed !== undefined && { shed }),
    });
  }

  drop(reason: DropReason): void {
    const reply = this.#reply;
    const tokens = this.#tokens;
    const characters = this.#characters;
    this.#note({ type: 'DraftDropped', turn: this.#turn.turn, reply, reason, tokens, characters });
  }

  thought(thought: Thought): void {
    switch (thought.type) {
      case 'Token':
        this.#tokens++;
        this.#text += thought.text;
        this.#note({ type: 'Token', reply: this.#reply, text: thought.text });
        break;
      case 'Usage':
        this.#usage = { inputTokens: thought.inputTokens, outputTokens: thought.outputTokens };
        break;
      case 'Failure':
        this.#note(thought);
    }
  }

  /** Replaces the model's text, for a fallback line or a `Say`. */
  replaceText(text: string): void {
    this.#text = text;
  }

  /** The voice received words and produced no audio. */
  get isMute(): boolean {
    return this.#worded && this.#audioMs === 0;
  }

  sentence({ text, spoken }: Sentence): void {
    this.spoke = true;
    this.#worded ||= hasWords(spoken);
    this.#note({ type: 'Sentence', reply: this.#reply, text, spoken });
  }

  /** Logs an event of the voice; true for audio, which goes on to the speaker. */
  voiced(event: Speech | Spent | Warning | Failure): event is Speech {
    switch (event.type) {
      case 'Speech': {
        const first = this.#audioMs === 0;
        this.#audioMs += durationMs(event.audio);
        if (first && this.#audioMs > 0) this.#note({ type: 'AudioStarted', reply: this.#reply });
        return true;
      }
      case 'Spent':
        this.#characters += event.characters;
        return false;
      default:
        this.#note(event);
        return false;
    }
  }

  played(event: PlaybackEvent): void {
    const reply = this.#reply;
    const { heard, heardMs } = (this.#heard = event);
    switch (event.type) {
      case 'Started':
        this.#note({ type: 'SpeechStarted', reply });
        break;
      case 'Position':
        this.#note({ type: 'Heard', reply, heardMs, text: heard });
        break;
      case 'Paused':
        this.#note({ type: 'SpeechPaused', reply, heardMs, text: heard });
        break;
      case 'Resumed':
        this.#note({ type: 'SpeechResumed', reply });
        break;
      case 'Ended':
        if (event.interrupted && heardMs > 0 && this.#cutByTurn()) this.#note({ type: 'BargeIn', reply, heardMs });
        this.#end(event.interrupted);
    }
  }

  /** The reply failed: a draft is dropped, a settled reply ends. */
  fail(error: unknown): void {
    if (!this.settled) {
      this.drop('failed');
      return;
    }
    this.#note(toFailure('play', error, true));
    this.#end(true);
  }

  #end(interrupted: boolean): void {
    const reply = this.#reply;
    const audioMs = this.#audioMs;
    const usage = this.#usage;
    const { heard, heardMs } = this.#heard;
    this.#note({
      type: 'ReplyEnded',
      reply,
      text: this.#text.trim(),
      heard,
      heardMs,
      audioMs,
      interrupted,
      ...(usage && { usage }),
    });
  }
}
