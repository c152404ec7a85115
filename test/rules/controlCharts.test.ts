import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

const replies = ['One two three four five.', 'Sure.'];

describe('what is to be said', () => {
  it('waits for the turn in progress and its reply, and comes in its order', () => {
    play(
      `
      caller  s-----E
      words   hi
      told      a b
      turns         T
      agent            Sure._ Wait._ Bye._
      memory  > hi < Sure. < Wait. < Bye.
    `,
      { told: { a: { say: 'Wait.' }, b: { say: 'Bye.' } } },
    );
  });

  it('may be interrupted, and is remembered as heard', () => {
    play(
      `
      told    a
      caller          s--E
      words           no
      turns              T
      agent    One_two      Sure._
      memory  < One… > no < Sure.
    `,
      { told: { a: { say: 'One two three.' } } },
    );
  });

  it('waits for a turn that comes to nothing', () => {
    play(
      `
      caller  s---E
      told      a
      turns       i
      agent        Bye._
      memory  < Bye.
    `,
      { told: { a: { say: 'Bye.' } } },
    );
  });

  it('waits for the reply that is paused', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            uh
      told                    a
      turns      T              i
      agent         One_two_----three_four_five._ Bye._
      memory  > hi < One two three four five. < Bye.
    `,
      { replies, options: { bargeIn: { minWords: 4, resumeAfterMs: 3000 } }, told: { a: { say: 'Bye.' } } },
    );
  });

  it('is heard out if it is protected, also over typed text; then all is answered at once', () => {
    play(
      `
      told    a       t
      caller     s--E   s--E
      words      no     go
      turns                   T
      agent    One_two_three._   Sure._
      at 16   ReplyEnded TurnTaken TurnTaken TurnTaken ReplyStarted
      memory  < One two three. > no > stop > go < Sure.
    `,
      { told: { a: { say: 'One two three.', protect: true }, t: { text: 'stop' } } },
    );
  });
});

describe('what was said over protected words', () => {
  it('is answered by one reply with the turn that is still open', () => {
    play(
      `
      told    p
      caller    s-E      s-----E
      words     no       go
      turns                   TT
      agent    One_two_three._    Sure._
      asked 1 < One two three. > no > go
      memory  < One two three. > no > go < Sure.
    `,
      { told: { p: { say: 'One two three.', protect: true } } },
    );
  });

  it('is answered after all when that turn comes to nothing', () => {
    play(
      `
      told    p
      caller    s-E      s------E
      words     no
      turns                   T i
      agent    One_two_three._     Sure._
      memory  < One two three. > no < Sure.
    `,
      { told: { p: { say: 'One two three.', protect: true } } },
    );
  });
});

describe('an interruption by the program', () => {
  it('stops what is heard, and the next turn is answered', () => {
    play(
      `
      caller  s--E              s--E
      words   hi                no
      told                 i
      agent         One_two           Sure._
      memory  > hi < One… > no < Sure.
    `,
      { replies, told: { i: { interrupt: true } } },
    );
  });

  it('stops a reply that is only thought of', () => {
    play(
      `
      caller  s--E       s--E
      words   hi         no
      told        i
      model      =x         ==
      agent                    Sure._
      memory  > hi > no < Sure.
    `,
      { replies, told: { i: { interrupt: true } } },
    );
  });

  it('does nothing to a draft, which nobody hears', () => {
    play(
      `
      caller  s--e----E
      words   hi
      told        i
      drafts     d    k
      agent           Sure._
      memory  > hi < Sure.
    `,
      { told: { i: { interrupt: true } } },
    );
  });
});

describe('typed text', () => {
  it('cuts what is heard at once, whatever the policy', () => {
    play(
      `
      caller  s--E
      words   hi
      told                 t
      turns      T         T
      agent         One_two   Sure._
      at 13   BargeIn ReplyEnded TurnTaken ReplyStarted
      memory  > hi < One… > stop < Sure.
    `,
      { replies, options: { bargeIn: false }, told: { t: { text: 'stop' } } },
    );
  });

  it('before a reply is heard is answered together with the turn before', () => {
    play(
      `
      caller  s--E
      words   hi
      told        t
      turns      TT
      agent          Sure._
      memory  > hi > stop < Sure.
      asked 2 > hi > stop
    `,
      { replies, told: { t: { text: 'stop' } } },
    );
  });

  it('drops the draft of the spoken turn, which is answered when it is over', () => {
    play(
      `
      caller  s--e---------E
      words   hi
      told          t
      drafts     d  x
      turns         T      T
      agent            One_   Sure._
      dropped superseded
      memory  > stop < One… > hi < Sure.
    `,
      { replies: [{ say: 'One two three four five.', when: 'stop' }, 'Sure.'], told: { t: { text: 'stop' } } },
    );
  });

  it('in the middle of a spoken turn is answered at once, and the spoken turn when it is over', () => {
    play(
      `
      caller  s--------------E
      words   hi             there
      told       t
      turns      T           T
      agent         One_two_t   Sure._
      memory  > stop < One two… > hi there < Sure.
    `,
      { replies, told: { t: { text: 'stop' } } },
    );
  });
});

describe('ending the turn in progress', () => {
  it('ends it on what was said so far', () => {
    play(
      `
      caller  s-u
      words   hi you
      told         f
      turns        T
      agent           Sure._
      memory  > hi < Sure.
    `,
      { told: { f: { forceEndTurn: true } } },
    );
  });

  it('keeps the draft that was made of it', () => {
    play(
      `
      caller  s--e
      words   hi
      told           f
      drafts     d   k
      agent          Sure._
      memory  > hi < Sure.
    `,
      { told: { f: { forceEndTurn: true } } },
    );
  });

  it('is a warning, and nothing else, when there is none', () => {
    play(
      `
      told    f
      caller     s--E
      words      hi
      at 0    Warning
      turns         T
      agent            Sure._
      memory  > hi < Sure.
    `,
      { told: { f: { forceEndTurn: true } } },
    );
  });
});

describe('changed options', () => {
  it('hold from the next decision on: no more drafts', () => {
    play(
      `
      caller  s---e--r--e----E
      words   a cab  to no
      told          o
      drafts      d  x
      agent                     Sure._
      memory  > a cab to no < Sure.
    `,
      { told: { o: { set: { eager: 'off' } } } },
    );
  });
});

describe('silence of the caller', () => {
  it('is told once after each time the agent was heard out', () => {
    play(
      `
      caller  s--E                             |
      words   hi
      told                        a
      agent         Sure._         Well?_
      idle                     i              i
      memory  > hi < Sure. < Well?
    `,
      { options: { idleMs: 500 }, told: { a: { say: 'Well?' } } },
    );
  });

  it('is not told after a cut', () => {
    play(
      `
      caller  s--E                          |
      words   hi
      told                 i
      agent         One_two
      idle
      memory  > hi < One…
    `,
      { replies, options: { idleMs: 500 }, told: { i: { interrupt: true } } },
    );
  });
});

describe('a control after the audio has ended', () => {
  it('acts until the last reply has ended', () => {
    play(
      `
      caller  s--E-|
      words   hi
      told               a  i
      agent         One_two_ Bye._
      memory  > hi < One two… < Bye.
    `,
      { replies, told: { a: { say: 'Bye.' }, i: { interrupt: true } } },
    );
  });
});
