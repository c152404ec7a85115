import { defer, map, type OperatorFunction } from 'rxjs';
import type { Sentence, Thought } from '../events.ts';
import { severally } from '../core/severally.ts';
import { Splitter } from './splitter.ts';

export interface SentencesConfig {
  /** The first sentence may end at a clause (`,` `;` `:` or a dash) after this many characters. Defaults to 40. */
  readonly firstAfter?: number;
  /** A longer sentence is cut at its last clause or word. Defaults to 240; Aura accepts 2000 (docs/wire/aura.md A4). */
  readonly longest?: number;
}

/**
 * Joins tokens and cuts them into sentences; the first one comes early.
 *
 *     tokens     -a-b-c-d-e-f|      "Sure", "!", " For how", " many", "?", " Or"
 *     result     ---x-----y--(z|)   "Sure!", " For how many?", " Or"
 *
 * The texts joined are exactly the tokens joined. White space belongs to the sentence after it; after the last sentence it is
 * dropped. `spoken` is the text with single spaces, trimmed. `Usage` and `Failure` are dropped.
 *
 * A sentence ends at once at `!`, `?` and `。！？`, and at a new line. It ends at a full stop once white space follows; if the full
 * stop may belong to an abbreviation, an initial or a number, the next word decides. Closing quotes and brackets belong to the
 * sentence: while one is open, `!` waits for it. A second mark ("?!") belongs to the next sentence. The size of the tokens
 * changes only when a sentence is emitted, never its text. Completion emits the rest; an error drops it.
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
