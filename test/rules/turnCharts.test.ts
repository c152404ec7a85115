import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

describe('a turn', () => {
  it('that starts without text is answered by its later words', () => {
    play(`
      caller  s-----u--E
      words      a cab
      turns            T
      agent               Sure._
      memory  > a cab < Sure.
    `);
  });

  it('that ends without text is taken with its latest words', () => {
    play(`
      caller  s---u----E
      words   a cab    =
      turns            T
      agent               Sure._
      memory  > a cab < Sure.
    `);
  });

  it('without any text is ignored', () => {
    play(`
      caller  s--------E
      turns            i
      model
      agent
      ignored empty
      memory
    `);
  });

  it('of punctuation alone is ignored', () => {
    play(`
      caller  s---u----E
      words   ...      =?!
      turns            i
      model
      agent
      ignored empty
      memory
    `);
  });

  it('without a start begins with its first words', () => {
    play(`
      turn 0      u----E
      words       a cab
      at 4    StartOfTurn
      turns            T
      agent               Sure._
      memory  > a cab < Sure.
    `);
  });

  it('of which only the end arrives is answered', () => {
    play(`
      turn 0           E
      words   a cab
      at 9    StartOfTurn EndOfTurn TurnTaken ReplyStarted
      agent               Sure._
      memory  > a cab < Sure.
    `);
  });

  it('of which only the eager end and the end arrive has a draft', () => {
    play(`
      turn 0      e----E
      words   a cab
      drafts      d    k
      agent            Sure._
      memory  > a cab < Sure.
    `);
  });

  it('that starts twice is one turn', () => {
    play(`
      turn 0  s---s----E
      words   a cab
      at 4    Update
      turns            T
      agent               Sure._
      memory  > a cab < Sure.
    `);
  });

  it('that ends twice is answered once, whatever the second transcript', () => {
    play(
      `
      turn 0  s-E------E-----E
      words   hi       bye
      turns     T
      model     ==
      agent        Hello_you._
      memory  > hi < Hello you.
    `,
      { replies: ['Hello you.'] },
    );
  });

  it('that has ended has no more events', () => {
    play(`
      turn 0  s-E---e--r-u--E
      words   hi    bye
      at 2    EndOfTurn TurnTaken ReplyStarted
      at 6
      at 9
      at 11   ReplyEnded
      at 14
    `);
  });

  it('that has ended is not changed by its late events', () => {
    play(
      `
      turn 0  s-E---e---r---u
      words   hi    bye
      turns     T
      drafts
      model     ==
      agent        Hello_you._
      memory  > hi < Hello you.
    `,
      { replies: ['Hello you.'] },
    );
  });

  it('that never ended ends when the next one starts: one reply answers both', () => {
    play(`
      turn 0  s--u
      words   a cab
      turn 1           s----E
      words            to town
      turns            T    T
      agent                    Sure._
      memory  > a cab > to town < Sure.
      asked 2 > a cab > to town
    `);
  });

  it('that never ended does not have its draft heard over the next one', () => {
    play(
      `
      turn 0  s---e
      words   a cab
      turn 1           s----E
      words            to town
      turns            T    T
      agent                    To_town._
      memory  > a cab > to town < To town.
    `,
      { replies: ['One cab.', 'To town.'] },
    );
  });

  it('that never ended, before one that is ignored, is answered', () => {
    play(
      `
      turn 0  s---e
      words   a cab
      turn 1           s----E
      turns            T    i
      agent                    One_cab._
      memory  > a cab < One cab.
    `,
      { replies: ['One cab.'] },
    );
  });

  it('that never ended and had no words is ignored when the next one starts', () => {
    play(`
      turn 0  s---u
      turn 1           s----E
      words            hi
      turns            i    T
      at 9    TurnIgnored StartOfTurn
      agent                    Sure._
      ignored unfinished
      memory  > hi < Sure.
    `);
  });

  it('that never ended ends with the audio, if it had words', () => {
    play(`
      caller  s--u-----|
      words   a cab
      turns                      T
      agent                         Sure._
      memory  > a cab < Sure.
    `);
  });

  it('of the next connection is another one, although it has the same number', () => {
    play(
      `
      caller  s--E-----------X----s--E
      words   hi                  a cab
      turns      T                   T
      agent         Hello._             Sure._
      memory  > hi < Hello. > a cab < Sure.
    `,
      { replies: ['Hello.', 'Sure.'] },
    );
  });

  it('whose connection is lost is ignored, and repeated by the next one', () => {
    play(`
      caller  s---e----X----s------E
      words   a cab         a cab to
      drafts      d    x
      turns            i           T
      at 9    Failure TurnLost DraftDropped TurnIgnored
      agent                           Sure._
      ignored lost
      memory  > a cab to < Sure.
    `);
  });

  it('that interrupted the agent and whose connection is lost leaves the agent interrupted', () => {
    play(
      `
      caller  s--E          s---X-----s----E
      words   hi            no        no two
      turns      T              i          T
      agent         One_two_                  Two._
      memory  > hi < One two… > no two < Two.
    `,
      { replies: ['One two three four.', 'Two.'] },
    );
  });
});
