import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

const long = 'One two three four five.';

/** What users report of other frameworks. */
describe('these bugs of other agents do not occur:', () => {
  it('one utterance is answered twice, and the next one not at all', () => {
    play(
      `
      turn 0  s--e--E-E-----E
      words   hi    =Hi.  =Hi!
      turn 1                       s--e--E
      words                        so
      turns         T                    T
      model      ~~                   ~~
      agent         Hello._              Fine._
      memory  > Hi. < Hello. > so < Fine.
    `,
      { replies: ['Hello.', 'Fine.'] },
    );
  });

  it('a superseded reply is spoken, after the model was slow to stop', () => {
    play(
      `
      caller  s---er-----e---------E
      words   a cab to no
      model       ~x,,,, ~~~
      agent                        To_no?_
      dropped resumed
      memory  > a cab to no < To no?
    `,
      {
        replies: [
          { say: 'To no?', when: 'no' },
          { say: 'One cab it is so.', abortLagMs: 2000 },
        ],
        model: { tokenMs: 100 },
      },
    );
  });

  it('the model goes on after the turn has resumed', () => {
    play(
      `
      caller  s---e--r--------E
      words   a cab    to no
      model       ~~~x        ==
      agent                      Sure._
      at 7    TurnResumed DraftDropped
      memory  > a cab to no < Sure.
    `,
      { replies: [{ say: 'Sure.', when: 'no' }, 'One two three four five six.'], model: { tokenMs: 100 } },
    );
  });

  it('two separate "yeah"s add up to an interruption', () => {
    play(
      `
      caller  s--E      s--E  s--E  s--E
      words   hi        yeah  yeah  yeah
      turns      T         i     i     i
      agent         One_two_three_four_five._
      ignored minWords minWords minWords
      memory  > hi < One two three four five.
    `,
      { replies: [long], options: { bargeIn: { minWords: 2 } } },
    );
  });

  it('sound of the reply that was cut is heard in the next one', () => {
    play(
      `
      caller  s--E          s--E
      words   hi            no
      turns      T             T
      agent         One_two_           Sure._
      memory  > hi < One two and… > no < Sure.
    `,
      { replies: [`One two${' and so on'.repeat(25)}.`, 'Sure.'], speech: { lateMs: 1000 } },
    );
  });

  it('the model remembers what nobody heard', () => {
    play(
      `
      caller  s--E          s--E
      words   hi            no
      agent         One_two_      Sure._
      asked 2 > hi < One two… > no
      memory  > hi < One two… > no < Sure.
    `,
      { replies: [long, 'Sure.'] },
    );
  });

  it('a cough before the reply kills it', () => {
    const picture = `
      caller  s--Es--E
      words   hi
      turns      T   i
      ignored empty
      memory  > hi < Sure.
    `;
    play(picture);
    play(picture, { options: { bargeIn: false } });
    play(picture, { options: { bargeIn: { minWords: 2 } } });
  });

  it('a turn is never answered because it began without words', () => {
    play(
      `
      caller  s--E          s---u-----E
      words   hi              no  wait
      turns      T                    T
      agent         One_two_three_four   Sure._
      memory  > hi < One two three… > no wait < Sure.
    `,
      { replies: [long, 'Sure.'], options: { bargeIn: { minWords: 2 } } },
    );
  });

  it('a turn without words swallows the reply', () => {
    play(
      `
      caller  s--E     s-----E
      words   hi
      turns      T           i
      agent         One------_two_three_four_five._
      memory  > hi < One two three four five.
    `,
      { replies: [long], options: { bargeIn: { minWords: 1, resumeAfterMs: 5000 } } },
    );
  });

  it('the agent resumes while the call is closing', () => {
    play(
      `
      caller  s--E          s
      words   hi            uh
      control                 c
      turns      T            i
      agent         One_two_--
      call    ----------------|
      memory  > hi < One two…
    `,
      {
        replies: [long],
        options: { bargeIn: { minWords: 2, resumeAfterMs: 3000 } },
        controls: { c: { close: true } },
      },
    );
  });
});
