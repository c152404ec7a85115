import type { IgnoreReason, TurnEvent } from './events.ts';

/** When a turn may cut the agent off. All of it holds for the turn that is being spoken; nothing adds up over turns. */
export interface BargeInPolicy {
  /** So many words are needed. Default 0. */
  readonly minWords?: number;
  /** It must have lasted so long, since its `StartOfTurn`, on the audio clock. Default 0. */
  readonly minDurationMs?: number;
  /** Any of these cuts at once, whatever the rest says. Case and space do not matter. */
  readonly stopWords?: readonly string[];
  /** A turn of nothing but these neither cuts nor is answered while the agent speaks. None by default: "yes" is an answer. */
  readonly backchannels?: readonly string[];
  /** The agent pauses as soon as a turn starts, and goes on where it was after this long, unless the turn has cut it. */
  readonly resumeAfterMs?: number;
}

export type Verdict = 'cut' | Extract<IgnoreReason, 'backchannel' | 'minWords' | 'minDurationMs'>;

/** What a policy says of a turn so far: it cuts, or why it does not (yet). */
export function judge(event: TurnEvent, start: TurnEvent, policy: BargeInPolicy): Verdict {
  const { minWords = 0, minDurationMs = 0, stopWords = [], backchannels = [] } = policy;
  if (stopWords.length + backchannels.length > 0) {
    const words = wordsOf(event);
    if (stopWords.some((stop) => contains(words, normal(stop)))) return 'cut';
    if (backchannels.length > 0 && isOnly(words, backchannels.map(normal))) return 'backchannel';
  }
  if (minWords > 0 && (event.words.length || wordsOf(event).length) < minWords) return 'minWords';
  return event.audioEndMs - start.audioEndMs < minDurationMs ? 'minDurationMs' : 'cut';
}

/** Whether a turn is made of words that are being said, in their order. */
export function isEcho(event: TurnEvent, saying: string): boolean {
  return contains(normal(saying), wordsOf(event));
}

/** Flux's words, or where it named none those of the transcript, also in scripts without spaces; "uh-huh" is two to match with. */
function wordsOf({ words, transcript }: TurnEvent): readonly string[] {
  return words.length > 0 ? words.flatMap(({ word }) => normal(word)) : normal(transcript);
}

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function normal(text: string): readonly string[] {
  return [...segmenter.segment(text.normalize('NFKC').toLowerCase())].flatMap(({ segment, isWordLike }) =>
    isWordLike ? [segment] : [],
  );
}

function contains(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.length > 0 && words.some((_, at) => phrase.every((word, k) => words[at + k] === word));
}

/** Whether the words are made of nothing but these phrases, one after the other. No words are none other either. */
function isOnly(words: readonly string[], phrases: readonly (readonly string[])[]): boolean {
  const reached = new Set([0]);
  for (let at = 0; at < words.length; at++) {
    if (!reached.has(at)) continue;
    for (const phrase of phrases)
      if (phrase.length > 0 && phrase.every((word, k) => words[at + k] === word)) reached.add(at + phrase.length);
  }
  return reached.has(words.length);
}
