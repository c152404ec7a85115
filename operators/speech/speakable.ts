import { defer, type MonoTypeOperatorFunction } from 'rxjs';
import type { Sentence } from '../events.ts';
import { maybe } from '../core/maybe.ts';
import { outsideFences, plainWords } from './plainWords.ts';

/**
 * Rewrites `spoken` as plain words, see `plainWords`; never `text`.
 *
 *     sentences    -a---b---c--|      "**Sure!**", " 🎉🎉🎉", " See [the menu](https://x.y)."
 *     result       -a-------C--|      "Sure!", "See the menu." with the texts of b and c
 *
 * A sentence of which nothing can be said goes with the next one: its text is put before that text, so that the texts joined
 * stay exact; at the end it is dropped. Fenced code is left out, however many sentences it spans. Completion and errors are
 * those of the sentences.
 */
export function speakable(): MonoTypeOperatorFunction<Sentence> {
  return (sentences) =>
    defer(() => {
      let fenced = false;
      let unsaid = '';
      return sentences.pipe(
        maybe((sentence) => {
          const outside = outsideFences(sentence.spoken, fenced);
          fenced = outside.fenced;
          const spoken = plainWords(outside.prose);
          const text = unsaid + sentence.text;
          unsaid = spoken === '' ? text : '';
          return spoken === '' ? undefined : { text, spoken };
        }),
      );
    });
}
