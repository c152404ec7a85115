import type { DropReason, ReplyMoment, ReplySentence, ReplyStarted, ReplyToken } from '../events.ts';

type ReplyFate = 'kept' | 'asked' | 'said';

/** The outcome of a draft or a reply: dropped (the reason), kept, asked for at the end of the turn, or said without a model. */
export type Fate = DropReason | ReplyFate;

/** A draft or a reply that is over. */
export interface Entry {
  readonly reply: number;
  /** Missing on a greeting and other lines that answer no turn. */
  readonly turn?: string;
  readonly fate: Fate;
  readonly tokens: number;
  readonly characters: number;
  /** How much earlier it was heard because it was drafted; null if it was not drafted or not heard. */
  readonly wonMs: number | null;
}

/** The costs and moments of a draft or a reply that is not over. */
export class OpenReply {
  readonly #draftedAt: number | undefined;
  #startedAt: number | undefined;
  #turn: string | undefined;
  #fate: ReplyFate | undefined;
  #tokens = 0;
  #characters = 0;
  readonly #first: { -readonly [Type in 'Token' | 'Sentence' | 'AudioStarted' | 'SpeechStarted']?: number } = {};

  /** @param draftedAt when it started as a draft */
  constructor(draftedAt?: number) {
    this.#draftedAt = draftedAt;
  }

  /** The draft became the reply, or the reply started without one. */
  start({ turn, drafted, at }: ReplyStarted & { readonly at: number }): void {
    this.#turn = turn;
    this.#startedAt = at;
    this.#fate = drafted ? 'kept' : turn === undefined ? 'said' : 'asked';
  }

  add(event: (ReplyToken | ReplySentence | ReplyMoment) & { readonly at: number }): void {
    if (event.type === 'SpeechResumed') return;
    if (event.type === 'Token') this.#tokens++;
    if (event.type === 'Sentence') this.#characters += event.spoken.length;
    this.#first[event.type] ??= event.at;
  }

  /** Its entry at its end; undefined for a draft. */
  entry(reply: number): (Entry & { readonly fate: ReplyFate }) | undefined {
    const turn = this.#turn;
    const counts = { tokens: this.#tokens, characters: this.#characters, wonMs: this.#wonMs() };
    return this.#fate && { reply, ...(turn !== undefined && { turn }), fate: this.#fate, ...counts };
  }

  /** How much later it would have been heard if it had started only as a reply. */
  #wonMs(): number | null {
    const draftedAt = this.#draftedAt;
    const startedAt = this.#startedAt;
    const { Token: token, Sentence: sentence, AudioStarted: audio, SpeechStarted: sound } = this.#first;
    if (draftedAt === undefined || startedAt === undefined || sentence === undefined || sound === undefined) return null;
    const ahead = startedAt - draftedAt;
    if (sentence > startedAt) return ahead;
    const ready = sentence < startedAt ? audio : token;
    return ready === undefined ? null : Math.min(ahead, ready - draftedAt);
  }
}
