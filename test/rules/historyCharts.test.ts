import { describe, expect, it } from 'vitest';
import { play } from './ruleChart.ts';

describe('history', () => {
  it('contains the whole of a reply that was played to its end, and the model is sent it', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      agent         One._Two._
      memory  > hi < One. Two. > go
      asked 2 > hi < One. Two. > go
    `,
      { replies: ['One. Two.', ''], options: { fallbackLine: '' } },
    );
  });

  it('contains the heard part of a cut reply, in whole words, and the model is sent no more', () => {
    play(
      `
      caller  s--E            s--E
      words   hi              go
      agent         One_two_th      Sure._
      memory  > hi < One two… > go < Sure.
      asked 2 > hi < One two… > go
    `,
      { replies: ['One two three four.', 'Sure.'] },
    );
  });

  it('contains the heard part of the second sentence, too', () => {
    play(
      `
      caller  s--E                 s--E
      words   hi                   go
      agent         One_two._Three_      Sure._
      memory  > hi < One two. Three… > go < Sure.
    `,
      { replies: ['One two. Three four.', 'Sure.'] },
    );
  });

  it('contains nothing of a reply that nobody heard', () => {
    play(
      `
      caller  s--E  s--E
      words   hi    go
      agent               Sure._
      memory  > hi > go < Sure.
      asked 2 > hi > go
    `,
      { replies: ['One two three four.', 'Sure.'] },
    );
  });

  it('contains a reply once that ends in the tick of a cut, as finished or as cut', () => {
    const { events, history } = play(
      `
      caller  s--E        s--E
      words   hi          go
      agent         Sure._      Bye._
    `,
      { replies: ['Sure.', 'Bye.'] },
    );
    const ended = events.filter((event) => event.type === 'ReplyEnded');

    expect(ended.map(({ reply, heard }) => ({ reply, heard }))).toEqual([
      { reply: 1, heard: 'Sure.' },
      { reply: 2, heard: 'Bye.' },
    ]);
    expect(events.some(({ type }) => type === 'BargeIn')).toBe(ended[0]?.interrupted);
    expect(history).toHaveLength(4);
  });

  it('never loses a heard word, however much sound follows', () => {
    const { events } = play(
      `
      caller  s--E
      words   hi
      agent         One_two_three._Four_five_six._Seven._
    `,
      { replies: ['One two three. Four five six. Seven.'] },
    );
    const heard = events.flatMap((event) => (event.type === 'Heard' ? [event.text] : []));

    expect(heard).toEqual([...heard].sort((one, other) => one.length - other.length));
    expect(heard.every((text) => 'One two three. Four five six. Seven.'.startsWith(text))).toBe(true);
    expect(heard).toContain('One two three. Four');
  });

  it('contains the words of the model, not the spoken wording', () => {
    play(
      `
      caller  s--E            s--E
      words   hi              go
      memory  > hi < It is **two**… > go < Sure.
    `,
      { replies: ['It is **two** or three.', 'Sure.'] },
    );
  });

  it('contains a price whole or not at all', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         It_is_$3.50      Sure._
      memory  > hi < It is… > go < Sure.
    `,
      { replies: ['It is $3.50 now.', 'Sure.'] },
    );
  });
});
