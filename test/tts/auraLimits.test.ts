import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../operators/events.ts';
import { play, segmentsOf, type Plan } from './auraCalls.ts';

const sentence = (spoken: string): Sentence => ({ text: `${spoken} `, spoken });
/** A sentence of so many characters, its last space included; a multiple of five. */
const long = (length: number): Sentence => sentence(`${'word '.repeat(length / 5 - 1)}end.`);
const quick = { everyMs: 0, gapMs: 0 };

/** A draft every 700 ms, dropped 100 ms after its first sentence, before the second. */
const dropped = (index: number): Plan => ({
  gapMs: 600,
  everyMs: 1000,
  sentences: [sentence(`Draft ${index}.`), sentence('And more.')],
  fate: { drop: 100 },
});
const kept: Plan = { ...quick, sentences: [sentence('Here.'), sentence('And the rest.')], fate: { settle: 400 } };

describe('aura, within the limits of its socket', () => {
  it('spends twelve flushes a minute on drafts, and keeps eight for replies that are settled', () => {
    const drafts = Array.from({ length: 30 }, (_, index) => dropped(index));
    const { log, replies } = play([...drafts, kept]);

    const spoken = drafts.slice(0, 12).map(({ sentences }) => sentences[0]!.text);
    expect(log.spoken.map(({ text }) => text)).toEqual([...spoken, 'Here. And the rest. ']);
    expect(replies.slice(12, 30).map(({ characters }) => characters)).toEqual(Array.from({ length: 18 }, () => 0));
    expect(log.clears).toBe(12);
    expect(log.breaches).toEqual([]);
  });

  it('flushes a settled reply at once, whatever drafts have spent', () => {
    const { log, replies } = play([...Array.from({ length: 30 }, (_, index) => dropped(index)), kept]);

    // settled after 400 ms; then 30 ms there, 130 ms to the first audio, 30 ms back
    expect(replies[30]!.firstAudioMs).toBe(400 + 190);
    expect(log.spoken.at(-1)!.text).toBe('Here. And the rest. ');
  });

  it('allows a draft a flush again after 64 s', () => {
    const waiting: Plan = { ...quick, sentences: [sentence('The last.')], fate: { drop: 70_000 } };
    const { replies } = play([...Array.from({ length: 12 }, (_, index) => dropped(index)), waiting]);

    // the first flush was at 600, this draft began at 12 × 700
    expect(replies[12]!.firstAudioMs).toBe(64_600 - 12 * 700 + 190);
  });

  it('waits for a flush when all twenty are spent, and then sends all text at once', () => {
    const short: Plan = { ...quick, sentences: [sentence('Yes.')], fate: { settle: 0 } };
    const { log, replies } = play([...Array.from({ length: 20 }, () => short), kept]);

    expect(log.spoken).toHaveLength(21);
    expect(log.spoken[20]).toEqual({ at: 64_000 + 30, text: 'Here. And the rest. ' });
    expect(replies[20]!.ended).toBe('completed');
    expect(log.breaches).toEqual([]);
  });

  it('waits for characters when 2400 a minute are spent', () => {
    const reply = (characters: number): Plan => ({ ...quick, sentences: [long(characters)], fate: { settle: 0 } });
    const { log } = play([reply(1500), reply(900), reply(600)]);

    expect(log.spoken.map(({ text }) => text.length)).toEqual([1500, 900, 600]);
    expect(log.spoken[2]!.at).toBe(64_000 + 30);
    expect(log.breaches).toEqual([]);
  });

  it('flushes as many sentences together as fit into one text of 2000 characters', () => {
    const { log, replies } = play([{ ...quick, sentences: [long(100), long(1000), long(900), long(300)], fate: { settle: 0 } }]);

    expect(log.spoken.map(({ text }) => text.length)).toEqual([100, 1900, 300]);
    expect(replies[0]!.ended).toBe('completed');
    expect(log.breaches).toEqual([]);
  });

  it('cuts a sentence that is longer than one Speak may be', () => {
    const { log, replies } = play([{ ...quick, sentences: [long(4500)], fate: { settle: 0 } }]);
    const said = replies[0]!.speech.filter(({ last }) => last).map(({ text }) => text);

    expect(log.spoken.every(({ text }) => text.length <= 2000)).toBe(true);
    expect(log.spoken.map(({ text }) => text.trim()).join(' ')).toBe(long(4500).spoken);
    expect(said.join('')).toBe(long(4500).text);
    expect(log.breaches).toEqual([]);
  });

  it('reports exactly the characters that it sent', () => {
    const { log, replies } = play([
      dropped(1),
      kept,
      { ...quick, sentences: [{ text: ':-)', spoken: '' }], fate: { settle: 0 } },
    ]);

    expect(replies.map(({ characters }) => characters)).toEqual(['Draft 1. '.length, 'Here. And the rest. '.length, 0]);
    expect(log.clears).toBe(1);
  });

  it('sends the rest on another socket, and nothing again that has audio', () => {
    const sentences = [long(300), long(1900), long(195)];
    const { log, replies } = play([{ gapMs: 0, everyMs: 200, sentences, fate: { settle: 0 } }], { lostSockets: [2] });

    expect(log.sockets).toBe(2);
    expect(log.spoken.map(({ text }) => text.length)).toEqual([300, 1900, 195]);
    expect(segmentsOf(replies[0]!).map(({ text, whole }) => [text.length, whole])).toEqual([
      [300, true],
      [1900, true],
      [195, true],
    ]);
    expect(replies[0]!.ended).toBe('completed');
    expect(log.breaches).toEqual([]);
  });
});
