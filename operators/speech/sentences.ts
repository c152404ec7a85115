import { defer, map, type OperatorFunction } from 'rxjs';
import type { Sentence, Thought } from '../events.ts';
import { severally } from '../core/severally.ts';
import { Splitter } from './splitter.ts';

export interface SentencesConfig {
  /** The first sentence may end at a clause (`,` `;` `:` or a dash) that has this many characters before it. Defaults to 40. */
  readonly firstAfter?: number;
  /** A sentence longer than this is cut, at its last clause or word. Defaults to 240; Aura takes 2000 characters a message. */
  readonly longest?: number;
}

/**
 * Tokens in, sentences out, the first one early.
 *
 *     tokens     -a-b-c-d-e-f|      "Sure", "!", " For how", " many", "?", " Or"
 *     result     ---x-----y--(z|)   "Sure!", " For how many?", " Or"
 *
 * The texts joined are exactly the tokens joined, white space leading the sentence after it (only white space after the last
 * sentence is lost). `spoken` is the same with single spaces, trimmed. `Usage` and `Failure` are not passed on.
 *
 * A sentence ends at once at `!` and `?`, and at `。！？`; at a full stop when the white space after it has come, and where that
 * may be an abbreviation, an initial or a number, when the next word shows; at a new line. Closing quotes and brackets belong
 * to it: while one is open, `!` waits for it. Second marks ("?!") go with the next sentence. How the text is cut into tokens
 * changes when a sentence comes, never what is in it. Completion brings out the rest; an error drops it.
 */
export function sentences({ firstAfter = 40, longest = 240 }: SentencesConfig = {}): OperatorFunction<Thought, Sentence> {
  return (thoughts) =>
    defer(() => {
      const splitter = new Splitter({ firstAfter, longest });
      return thoughts.pipe(
        severally(
          (thought) => (thought.type === 'Token' ? splitter.push(thought.text) : []),
          () => splitter.flush(),
        ),
        map((text) => ({ text, spoken: text.trim().replace(/\s+/g, ' ') })),
      );
    });
}
