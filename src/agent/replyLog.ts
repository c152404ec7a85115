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

/** What a reply was told when it began. */
interface Told {
  /** It would be spoken before its turn is sure, but for a budget. */
  readonly unspoken: boolean;
  /** Drafts of its turn that were not begun, to keep a budget. */
  readonly shed: number | undefined;
  /** Whether the last cut was a turn's. */
  readonly cutByTurn: () => boolean;
}

/** What one reply has to tell, and the figures it tells it with. Born with the reply, gone with it. */
export class Account {
  /** From now on what goes wrong is heard of. */
  settled = false;
  /** Something of it was handed to speech. */
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

  constructor(turn: TurnEvent | Say, reply: number, note: (event: CallEvent) => void, { cutByTurn, unspoken, shed }: Told) {
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

  /** The turn is sure, if it was not before. */
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

  /** The reply is this text, not what the model wrote. */
  wording(text: string): void {
    this.#text = text;
  }

  /** Words were handed to the voice, and no sound came of them. */
  get isUnheard(): boolean {
    return this.#worded && this.#audioMs === 0;
  }

  sentence({ text, spoken }: Sentence): void {
    this.spoke = true;
    this.#worded ||= hasWords(spoken);
    this.#note({ type: 'Sentence', reply: this.#reply, text, spoken });
  }

  /** Takes note of what a voice says; true for what goes on to the speaker. */
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

  /** It broke, and could not be borne. */
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
