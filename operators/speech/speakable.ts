import { defer, filter, map, type MonoTypeOperatorFunction } from 'rxjs';
import type { Sentence } from '../events.ts';
import { outsideFences, plainWords } from './plainWords.ts';

/**
 * Rewrites the `spoken` of each sentence as plain words (`plainWords`). `text` stays.
 *
 *     sentences    -a---b---c--|      "**Sure!**", " 🎉🎉🎉", " See [the menu](https://x.y)."
 *     result       -a-------C--|      "Sure!", "See the menu." with the texts of b and c
 *
 * A sentence without anything to speak joins the next one: its text is put before the next text, so that the texts joined stay
 * exact. At the end it is dropped. Fenced code is left out, even across sentences. Completion and errors pass.
 */
export function speakable(): MonoTypeOperatorFunction<Sentence> {
  return (sentences) =>
    defer(() => {
      let fenced = false;
      let unspoken = '';
      return sentences.pipe(
        map((sentence) => {
          const outside = outsideFences(sentence.spoken, fenced);
          fenced = outside.fenced;
          const spoken = plainWords(outside.prose);
          const text = unspoken + sentence.text;
          unspoken = spoken === '' ? text : '';
          return { text, spoken };
        }),
        filter(({ spoken }) => spoken !== ''),
      );
    });
}
