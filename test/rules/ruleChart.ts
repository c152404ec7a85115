import { expect } from 'vitest';
import type { Result } from '../../src/testing/result.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { isInput, margin, read, scenarioOf, type Lane, type Story } from './ruleInput.ts';
import { outcome } from './ruleOutcome.ts';

/**
 * Plays a call that is drawn as a timing chart, and expects it to come out as drawn. One column is 100 ms. The far sides keep
 * time with it: a model's first token comes after two columns and all others with it, sound one column after its text, and each
 * character takes a column to say, also the space after a sentence.
 *
 *     play(`
 *       caller  s------e---E           a turn: start, eager end, end
 *       words   book a cab             what is said; a word counts from its first letter on
 *       model          ~~              a draft is written
 *       agent              Sure._      and heard as soon as the turn is over
 *       memory  > book a cab < Sure.
 *     `);
 *
 * Lanes that go in:
 * - `caller`: `s` `u` `e` `r` `E` as in `turns`, `X` a lost connection, `!` Flux gives up, `|` the end of the audio (else 1 s after
 *   the last mark). `s` begins the next turn. `turn 3`: the same for one turn, whatever the order.
 * - `words` of the lane above it. `=a few words`: all words of the turn so far are corrected to these, up to two spaces.
 * - `told`: controls, each letter explained in the story.
 *
 * Lanes that come out, compared if they are drawn:
 * - `model`: `~` writes a draft, `=` the answer to a turn that is over, `x` aborted, `,` goes on all the same.
 * - `agent`: what is heard, a space as `_`; `-` paused.
 * - `turns`: `T` taken, `i` ignored. `drafts`: `d` started, `x` dropped, `k` kept.
 * - `said`: `S` a sentence is handed to speech. `idle`: `i`. `call`: until it closes, `|`.
 * - `ignored` `dropped` `failed`: the reasons, in order. `memory`: the history; `>` caller, `<` agent, `…` interrupted.
 *   `asked 2`: what the second request was sent. `at 9`: what happened in the tick of that column.
 */
export function play(picture: string, story: Story = {}): Result {
  const result = draws(picture, story);
  expect(result.violations).toEqual([]);
  return result;
}

/** The same of a call that is left at `untilMs`: nothing of it may go on. */
export function leave(picture: string, story: Story): void {
  expect(draws(picture, story).violations.map(({ rule }) => rule)).toEqual(['unfinished']);
}

function draws(picture: string, story: Story): Result {
  const lanes = read(picture);
  const result = simulate(scenarioOf(lanes, story), {
    ...(story.options && { options: story.options }),
    ...(story.stages && { stages: story.stages }),
  });
  const drawn = lanes.map(({ name, body }) => written({ name, body: isInput(name) ? body : outcome(name, result) }));

  expect(`\n${drawn.join('\n')}\n`).toBe(`\n${lanes.map(written).join('\n')}\n`);
  return result;
}

const written = ({ name, body }: Lane) => `${name.padEnd(margin)}${body}`.trimEnd();
