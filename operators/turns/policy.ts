import { hasWords } from './equivalent.ts';
import type { IgnoreReason, TurnEvent } from '../events.ts';
import { wordsIn } from '../speech/wordEnds.ts';

/** When a turn may cut audible speech. The conditions apply to the current turn; nothing adds up over turns. */
export interface BargeInPolicy {
  /** The number of words a turn needs. Default 0. */
  readonly minWords?: number;
  /** How long the turn must have lasted since its `StartOfTurn`, on the audio clock. Default 0. */
  readonly minDurationMs?: number;
  /** Any of these cuts at once, regardless of the other conditions. Case and space are ignored. */
  readonly stopWords?: readonly string[];
  /** A turn of nothing but these neither cuts nor is answered while the agent is speaking. Default none: "yes" is an answer. */
  readonly backchannels?: readonly string[];
  /** The agent pauses when a turn starts, and resumes after this long unless the turn has cut it. Default: no pause. */
  readonly resumeAfterMs?: number;
}

export type Verdict = 'cut' | Extract<IgnoreReason, 'backchannel' | 'minWords' | 'minDurationMs'>;

/** Applies a policy to a turn so far: `cut`, or the condition that is not met yet. */
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

/** Whether a turn repeats words that are being spoken, in their order. */
export function isEcho(event: TurnEvent, saying: string): boolean {
  return contains(runOf(wordsIn(saying)), runOf(wordsOf(event)).letters);
}

/** Flux's words; if it sent none, the words of the transcript. */
function wordsOf({ words, transcript }: TurnEvent): readonly string[] {
  return (words.length > 0 ? words.map(({ word }) => word) : wordsIn(transcript)).filter(hasWords);
}

/** Words joined without spaces, because a phrase may be split differently ("hold on", "holdon"), and the positions of their edges. */
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

/** Letters and digits only, in lower case. */
function essence(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Whether the phrase occurs as whole words. */
function contains({ letters, edges }: Run, phrase: string): boolean {
  if (phrase === '') return false;
  for (let at = letters.indexOf(phrase); at >= 0; at = letters.indexOf(phrase, at + 1))
    if (edges.has(at) && edges.has(at + phrase.length)) return true;
  return false;
}

/** Whether the words are a sequence of these phrases. True for no words. */
function isOnly({ letters, edges }: Run, phrases: readonly string[]): boolean {
  const reached = new Set([0]);
  for (const at of edges) {
    if (!reached.has(at)) continue;
    for (const phrase of phrases)
      if (phrase !== '' && letters.startsWith(phrase, at) && edges.has(at + phrase.length)) reached.add(at + phrase.length);
  }
  return reached.has(letters.length);
}
