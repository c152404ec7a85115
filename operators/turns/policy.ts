import { hasWords } from './equivalent.ts';
import type { IgnoreReason, TurnEvent } from '../events.ts';
import { wordsIn } from '../speech/wordEnds.ts';

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
    const said = runOf(wordsOf(event));
    if (stopWords.some((stop) => contains(said, essence(stop)))) return 'cut';
    if (backchannels.length > 0 && isOnly(said, backchannels.map(essence))) return 'backchannel';
  }
  if (minWords > 0 && wordsOf(event).length < minWords) return 'minWords';
  return event.audioEndMs - start.audioEndMs < minDurationMs ? 'minDurationMs' : 'cut';
}

/** Whether a turn is made of words that are being said, in their order. */
export function isEcho(event: TurnEvent, saying: string): boolean {
  return contains(runOf(wordsIn(saying)), runOf(wordsOf(event)).letters);
}

/** Flux's words, or where it named none those of the transcript. */
function wordsOf({ words, transcript }: TurnEvent): readonly string[] {
  return (words.length > 0 ? words.map(({ word }) => word) : wordsIn(transcript)).filter(hasWords);
}

/** Words run together, for a phrase may be cut into words otherwise ("hold on", "holdon"), and where one of them begins or ends. */
interface Run {
  readonly letters: string;
  readonly edges: ReadonlySet<number>;
}

function runOf(words: readonly string[]): Run {
  const edges = new Set([0]);
  let letters = '';
  for (const word of words) {
    letters += essence(word);
    edges.add(letters.length);
  }
  return { letters, edges };
}

/** The letters and digits, without case. */
function essence(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Whether whole words of it are this phrase. */
function contains({ letters, edges }: Run, phrase: string): boolean {
  if (phrase === '') return false;
  for (let at = letters.indexOf(phrase); at >= 0; at = letters.indexOf(phrase, at + 1))
    if (edges.has(at) && edges.has(at + phrase.length)) return true;
  return false;
}

/** Whether it is nothing but these phrases, one after the other. No words are none other either. */
function isOnly({ letters, edges }: Run, phrases: readonly string[]): boolean {
  const reached = new Set([0]);
  for (const at of edges) {
    if (!reached.has(at)) continue;
    for (const phrase of phrases)
      if (phrase !== '' && letters.startsWith(phrase, at) && edges.has(at + phrase.length)) reached.add(at + phrase.length);
  }
  return reached.has(letters.length);
}
