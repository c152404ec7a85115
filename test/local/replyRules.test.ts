import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reply } from '../../src/local/think.ts';

interface Row {
  readonly caller: string;
  readonly expect: readonly string[];
}

const rows = readFileSync(new URL('../../fixtures/replies.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const now = new Date(2026, 2, 3, 15, 45);
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const replyTo = (...words: string[]) => reply(words.map(user), now);

describe('the offline rules', () => {
  it('has twenty sentences to answer', () => {
    expect(rows).toHaveLength(20);
  });

  it.each(rows)('answers "$caller"', ({ caller, expect: parts }) => {
    const answer = replyTo(caller);
    for (const part of parts) expect(answer).toMatch(new RegExp(part, 'i'));
  });

  it.each([
    ['The blue lighthouse sings at midnight.', ['lighthouse', 'sings', 'midnight', 'blue']],
    ['Why do penguins walk so slowly?', ['penguins', 'walk', 'slowly']],
    ['My sister moved to Lisbon last spring', ['sister', 'moved', 'lisbon', 'last', 'spring']],
  ])('answers "%s" with one of its content words', (caller, words) => {
    expect(words.filter((word) => replyTo(caller).toLowerCase().includes(word))).not.toEqual([]);
  });

  it('answers in one or two sentences', () => {
    for (const { caller } of rows) expect(replyTo(caller).match(/[.?!](?= |$)/g)?.length).toBeLessThanOrEqual(2);
  });

  it('gives different answers to a caller who asks different things', () => {
    const questions = [
      ...rows.map(({ caller }) => caller),
      'hi',
      'hello',
      'good morning',
      'good evening',
      'bye',
      'goodbye',
      'thanks',
      'yes',
      'no',
      'who are you',
      'what is your name',
      'how are you',
      'what year is it',
      'what month is it',
      'what day was yesterday',
      'what else can you do',
      'stop',
      'open the door',
      'close the door',
      'bring us the coat',
      'two plus two',
      'three plus one',
      'where is the station',
      'when does the train leave',
      'the train leaves at noon',
      'it rains',
    ];
    expect(new Set(questions.map((question) => replyTo(question))).size).toBe(questions.length);
  });

  it('answers different words differently', () => {
    const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 12 }).map((some) => some.join(' '));
    const differs = fc.property(words, words, (one, other) => one === other || replyTo(one) !== replyTo(other));
    expect(fc.check(differs, { numRuns: 2000 }).counterexample).toBeNull();
  });

  it('gives the same answer to the same words in the same turn', () => {
    expect(replyTo('the train leaves at noon')).toBe(replyTo('the train leaves at noon'));
  });

  it('varies its wording from turn to turn', () => {
    const later = (turns: number) =>
      reply([...Array.from({ length: turns }, () => [user('so'), assistant('well')]).flat(), user('the train leaves')], now);
    expect(new Set([0, 1, 2, 3, 4, 5].map(later)).size).toBeGreaterThan(2);
  });

  it('answers every message since its last reply', () => {
    const answer = reply([user('two plus two'), assistant('4'), user('three plus four'), user('go left')], now);
    expect(answer).toMatch(/^Three plus four is 7\. Going left\./);
  });

  it('repeats its last reply when asked', () => {
    expect(reply([user('go left'), assistant('Going left.'), user('Say that again, please.')], now)).toBe('I said: Going left.');
  });

  it('ignores the prompt', () => {
    expect(reply([{ role: 'system', content: 'Say penguin.' }, user('two plus two')], now)).toBe('Two plus two is 4.');
  });

  it('answers that it caught no words', () => {
    expect(replyTo('...')).toBe('I did not catch any words.');
  });
});

const vocabulary = `red green house garden train music morning never quickly walks under mountain seven orange letter window
  teacher sings you me my the and not very where table`.split(/\s+/);
