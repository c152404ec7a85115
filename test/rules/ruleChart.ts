import { expect } from 'vitest';
import type { Result } from '../../src/testing/result.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { isInput, margin, read, scenarioOf, type Lane, type Story } from './ruleInput.ts';
import { outcome } from './ruleOutcome.ts';

/**
 * Plays a call that is drawn as a timing chart and expects the outcome that is drawn. One column is 100 ms, for the services too: the
 * first token of a model comes after two columns and the others with it, sound starts one column after its text, and each character
 * takes a column to speak, also the space after a sentence.
 *
 *     play(`
 *       caller  s------e---E           a turn: start, eager end, end
 *       words   book a cab             the words; each counts from its first letter on
 *       model          ~~              the model writes a draft
 *       agent              Sure._      the draft is heard once the turn has ended
 *       memory  > book a cab < Sure.
 *     `);
 *
 * Input lanes:
 * - `caller`: `s` `u` `e` `r` `E` as in `turns`, `X` a lost connection, `!` a fatal error of Flux, `|` the end of the audio (else
 *   1 s after the last mark). `s` starts the next turn. `turn 3`: the same for one turn, in any order.
 * - `words` of the lane above it. `=a few words`: all words of the turn so far are corrected to these, up to two spaces.
 * - `control`: controls; the story explains each letter.
 *
 * Output lanes, compared if they are drawn:
 * - `model`: `~` writes a draft, `=` writes the answer to a turn that has ended, `x` aborted, `,` goes on after an abort.
 * - `agent`: the heard text, a space as `_`; `-` paused.
 * - `turns`: `T` taken, `i` ignored. `drafts`: `d` started, `x` dropped, `k` kept.
 * - `said`: `S` a sentence is sent to speech. `idle`: `i`. `call`: until it closes, `|`.
 * - `ignored` `dropped` `failed`: the reasons, in order. `memory`: the history; `>` caller, `<` agent, `…` interrupted.
 *   `asked 2`: the messages of the second request. `at 9`: the events in the tick of that column.
 */
export function play(picture: string, story: Story = {}): Result {
  const result = draws(picture, story);
  expect(result.violations).toEqual([]);
  return result;
}

/** The same for a call that is unsubscribed at `untilMs`: nothing of it may go on. */
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
