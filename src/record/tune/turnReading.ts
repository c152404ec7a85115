import { turnEvents, type FluxTurnEvent, type FluxWord } from '../../flux/messages.ts';

/** Below this a confidence says nothing: it flickers. */
const telling = 0.2;

export type Fields = Readonly<Record<string, unknown>>;

/** What a `TurnInfo` of a recording said, with what a later look at it needs. Times are ms on the connection's audio clock. */
export interface Seen {
  readonly event: FluxTurnEvent;
  /** The turns of the recording, counted over all its connections. */
  readonly turn: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly transcript: string;
  readonly words: readonly FluxWord[];
  readonly confidence: number;
  readonly trigger?: string;
  /**
   * When the caller last spoke: the end of the last word; where words have no times, when the text was last seen to change; or
   * when the confidence fell by half, which only a voice does, though its word is not yet known.
   */
  readonly speechMs: number;
  readonly languages: Fields;
}

/** Reads the turns of one connection, whatever state they are in: missing and odd fields are made up for, time never goes back. */
export class Reading {
  #turn: number;
  #index = 0;
  #startMs = 0;
  #endMs = 0;
  #transcript = '';
  #changedMs = 0;
  #voiceMs = 0;
  #confidence = 0;

  /** `turn`: the number of its first turn. */
  constructor(turn = 0) {
    this.#turn = turn;
  }

  /** The number of the turn that is open, or comes next. */
  get turn(): number {
    return this.#turn;
  }

  /** Nothing where it is not known what happened, or to a turn that is over. */
  see(info: Fields): Seen | undefined {
    const event = turnEvents.find((known) => known === info['event']);
    const index = info['turn_index'];
    if (event === undefined || !isCount(index) || index < this.#index) return undefined;
    if (index > this.#index) this.#next(index);

    this.#endMs = Math.max(this.#endMs, ms(info['audio_window_end']) ?? 0);
    this.#startMs = Math.max(this.#startMs, Math.min(ms(info['audio_window_start']) ?? 0, this.#endMs));
    const transcript = typeof info['transcript'] === 'string' ? info['transcript'] : '';
    const words = Array.isArray(info['words']) ? info['words'].flatMap(wordOf) : [];
    const confidence = share(info['end_of_turn_confidence']);
    if (transcript !== this.#transcript) this.#changedMs = this.#endMs;
    else if (this.#confidence >= telling && confidence < this.#confidence / 2) this.#voiceMs = this.#endMs;
    this.#transcript = transcript;
    this.#confidence = confidence;
    const speechMs = Math.max(ms(words.at(-1)?.end) ?? this.#changedMs, this.#voiceMs);
    const { trigger } = info;
    const seen: Seen = {
      event,
      turn: this.#turn,
      startMs: this.#startMs,
      endMs: this.#endMs,
      transcript,
      words,
      confidence,
      ...(typeof trigger === 'string' && { trigger }),
      speechMs,
      languages: Object.fromEntries(
        ['languages', 'languages_hinted'].flatMap((name) => (name in info ? [[name, info[name]]] : [])),
      ),
    };
    if (event === 'EndOfTurn') this.#next(index + 1);
    return seen;
  }

  #next(index: number): void {
    this.#turn++;
    this.#index = index;
    this.#transcript = '';
    this.#changedMs = this.#endMs;
    this.#voiceMs = 0;
    this.#confidence = 0;
  }
}

/** How many words were said: as Flux named them, or as spaces part them. */
export function wordCount({ words, transcript }: Pick<Seen, 'words' | 'transcript'>): number {
  return words.length > 0 ? words.length : spaced(transcript).length;
}

/** What was said after so many words. */
export function after(said: Pick<Seen, 'words' | 'transcript'>, count: number): Pick<Seen, 'words' | 'transcript'> {
  if (count === 0) return said;
  const { words, transcript } = said;
  if (words.length === 0) return { words, transcript: spaced(transcript).slice(count).join(' ') };
  let from = 0;
  for (const { word } of words.slice(0, count)) {
    const at = transcript.indexOf(word, from);
    if (at >= 0) from = at + word.length;
  }
  const rest = words.slice(count);
  return { words: rest, transcript: rest.length === 0 ? '' : transcript.slice(from).trim() };
}

export const isSaid = (transcript: string) => transcript.trim() !== '';
export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function wordOf(value: unknown): FluxWord[] {
  if (!isObject(value) || typeof value['word'] !== 'string') return [];
  const { word, start, end } = value;
  const times = isSeconds(start) && isSeconds(end) ? { start, end } : {};
  return [{ word, confidence: share(value['confidence']), ...times }];
}

const spaced = (text: string) => text.split(/\s+/u).filter((word) => word !== '');
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isSeconds = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
const ms = (seconds: unknown) => (isSeconds(seconds) ? Math.round(seconds * 1000) : undefined);
const share = (value: unknown) => (Number.isFinite(value) ? Math.min(1, Math.max(0, value as number)) : 0);
