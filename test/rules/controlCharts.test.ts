import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

const replies = ['One two three four five.', 'Sure.'];

describe('a line to say', () => {
  it('waits for the turn in progress and its reply, and keeps its order', () => {
    play(
      `
      caller  s-----E
      words   hi
      control   a b
      turns         T
      agent            Sure._ Wait._ Bye._
      memory  > hi < Sure. < Wait. < Bye.
    `,
      { controls: { a: { say: 'Wait.' }, b: { say: 'Bye.' } } },
    );
  });

  it('may be interrupted, and is remembered as heard', () => {
    play(
      `
      control a
      caller          s--E
      words           no
      turns              T
      agent    One_two      Sure._
      memory  < One… > no < Sure.
    `,
      { controls: { a: { say: 'One two three.' } } },
    );
  });

  it('waits for a turn that comes to nothing', () => {
    play(
      `
      caller  s---E
      control   a
      turns       i
      agent        Bye._
      memory  < Bye.
    `,
      { controls: { a: { say: 'Bye.' } } },
    );
  });

  it('waits for the reply that is paused', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            uh
      control                 a
      turns      T              i
      agent         One_two_----three_four_five._ Bye._
      memory  > hi < One two three four five. < Bye.
    `,
      { replies, options: { bargeIn: { minWords: 4, resumeAfterMs: 3000 } }, controls: { a: { say: 'Bye.' } } },
    );
  });

  it('is not interrupted if it is protected, not even by typed text; then all turns are answered together', () => {
    play(
      `
      control a       t
      caller     s--E   s--E
      words      no     go
      turns                   T
      agent    One_two_three._   Sure._
      at 16   ReplyEnded TurnTaken TurnTaken TurnTaken ReplyStarted
      memory  < One two three. > no > stop > go < Sure.
    `,
      { controls: { a: { say: 'One two three.', protect: true }, t: { text: 'stop' } } },
    );
  });
});

describe('a turn over protected speech', () => {
  it('is answered by one reply with the turn that is still open', () => {
    play(
      `
      control p
      caller    s-E      s-----E
      words     no       go
      turns                   TT
      agent    One_two_three._    Sure._
      asked 1 < One two three. > no > go
      memory  < One two three. > no > go < Sure.
    `,
      { controls: { p: { say: 'One two three.', protect: true } } },
    );
  });

  it('is answered after all when that turn comes to nothing', () => {
    play(
      `
      control p
      caller    s-E      s------E
      words     no
      turns                   T i
      agent    One_two_three._     Sure._
      memory  < One two three. > no < Sure.
    `,
      { controls: { p: { say: 'One two three.', protect: true } } },
    );
  });
});

describe('the control interrupt', () => {
  it('stops the reply that is heard, and the next turn is answered', () => {
    play(
      `
      caller  s--E              s--E
      words   hi                no
      control              i
      agent         One_two           Sure._
      memory  > hi < One… > no < Sure.
    `,
      { replies, controls: { i: { interrupt: true } } },
    );
  });

  it('stops a reply before it is heard', () => {
    play(
      `
      caller  s--E       s--E
      words   hi         no
      control     i
      model      =x         ==
      agent                    Sure._
      memory  > hi > no < Sure.
    `,
      { replies, controls: { i: { interrupt: true } } },
    );
  });

  it('does not affect a draft', () => {
    play(
      `
      caller  s--e----E
      words   hi
      control     i
      drafts     d    k
      agent           Sure._
      memory  > hi < Sure.
    `,
      { controls: { i: { interrupt: true } } },
    );
  });
});

describe('typed text', () => {
  it('cuts the reply that is heard at once, whatever the policy', () => {
    play(
      `
      caller  s--E
      words   hi
      control              t
      turns      T         T
      agent         One_two   Sure._
      at 13   BargeIn ReplyEnded TurnTaken ReplyStarted
      memory  > hi < One… > stop < Sure.
    `,
      { replies, options: { bargeIn: false }, controls: { t: { text: 'stop' } } },
    );
  });

  it('before a reply is heard is answered together with the turn before it', () => {
    play(
      `
      caller  s--E
      words   hi
      control     t
      turns      TT
      agent          Sure._
      memory  > hi > stop < Sure.
      asked 2 > hi > stop
    `,
      { replies, controls: { t: { text: 'stop' } } },
    );
  });

  it('drops the draft of the spoken turn, which is answered when it ends', () => {
    play(
      `
      caller  s--e---------E
      words   hi
      control       t
      drafts     d  x
      turns         T      T
      agent            One_   Sure._
      dropped superseded
      memory  > stop < One… > hi < Sure.
    `,
      { replies: [{ say: 'One two three four five.', when: 'stop' }, 'Sure.'], controls: { t: { text: 'stop' } } },
    );
  });

  it('in the middle of a spoken turn is answered at once, and the spoken turn when it ends', () => {
    play(
      `
      caller  s--------------E
      words   hi             there
      control    t
      turns      T           T
      agent         One_two_t   Sure._
      memory  > stop < One two… > hi there < Sure.
    `,
      { replies, controls: { t: { text: 'stop' } } },
    );
  });
});

describe('the control forceEndTurn', () => {
  it('ends the turn in progress with the words so far', () => {
    play(
      `
      caller  s-u
      words   hi you
      control      f
      turns        T
      agent           Sure._
      memory  > hi < Sure.
    `,
      { controls: { f: { forceEndTurn: true } } },
    );
  });

  it('keeps the draft of that turn', () => {
    play(
      `
      caller  s--e
      words   hi
      control        f
      drafts     d   k
      agent          Sure._
      memory  > hi < Sure.
    `,
      { controls: { f: { forceEndTurn: true } } },
    );
  });

  it('causes only a warning when no turn is in progress', () => {
    play(
      `
      control f
      caller     s--E
      words      hi
      at 0    Warning
      turns         T
      agent            Sure._
      memory  > hi < Sure.
    `,
      { controls: { f: { forceEndTurn: true } } },
    );
  });
});

describe('changed options', () => {
  it('apply from the next decision on: no more drafts', () => {
    play(
      `
      caller  s---e--r--e----E
      words   a cab  to no
      control       o
      drafts      d  x
      agent                     Sure._
      memory  > a cab to no < Sure.
    `,
      { controls: { o: { set: { eager: 'off' } } } },
    );
  });
});

describe('silence of the caller', () => {
  it('causes one Idle after each finished reply', () => {
    play(
      `
      caller  s--E                             |
      words   hi
      control                     a
      agent         Sure._         Well?_
      idle                     i              i
      memory  > hi < Sure. < Well?
    `,
      { options: { idleMs: 500 }, controls: { a: { say: 'Well?' } } },
    );
  });

  it('causes no Idle after an interruption', () => {
    play(
      `
      caller  s--E                          |
      words   hi
      control              i
      agent         One_two
      idle
      memory  > hi < One…
    `,
      { replies, options: { idleMs: 500 }, controls: { i: { interrupt: true } } },
    );
  });
});

describe('a control after the audio has ended', () => {
  it('acts until the last reply has ended', () => {
    play(
      `
      caller  s--E-|
      words   hi
      control            a  i
      agent         One_two_ Bye._
      memory  > hi < One two… < Bye.
    `,
      { replies, controls: { a: { say: 'Bye.' }, i: { interrupt: true } } },
    );
  });
});
