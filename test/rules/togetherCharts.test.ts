import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

describe('two turns before a reply is heard', () => {
  it('are answered by one reply', () => {
    play(
      `
      caller  s--Es---E
      words   a   cab
      turns      T    T
      model      =x   ==
      agent              A_cab._
      memory  > a > cab < A cab.
      asked 2 > a > cab
    `,
      { replies: ['What?', 'A cab.'] },
    );
  });

  it('are answered by one reply when the first one had its draft', () => {
    play(
      `
      caller  s--eEs---E
      words   a    cab
      drafts     dk
      model      ~~    ==
      agent               A_cab._
      memory  > a > cab < A cab.
    `,
      { replies: ['What?', 'A cab.'] },
    );
  });

  it('are answered by the draft of the second one', () => {
    play(
      `
      caller  s--Es--e----E
      words   a   cab
      turns      T        T
      drafts         d    k
      model      =x  ~~
      agent               A_cab._
      asked 2 > a > cab
      memory  > a > cab < A cab.
    `,
      { replies: ['What?', 'A cab.'] },
    );
  });

  it('lead to an answer to the first one, from its draft, when the second is lost', () => {
    play(
      `
      caller  s--Es--e--X
      words   a   cab
      turns      T      i
      drafts         d  x
      model      =x  ~~ ==
      agent                What?_
      at 10   Failure TurnLost DraftDropped TurnIgnored ReplyStarted
      memory  > a < What?
    `,
      { replies: ['What?', 'A cab.'] },
    );
  });

  it('are answered by one reply also when nothing may cut the agent', () => {
    play(
      `
      caller  s--E-s--E
      words   a    cab
      turns      T    T
      model      ==   ==
      agent        ---   A_cab._
      memory  > a > cab < A cab.
    `,
      { replies: ['What?', 'A cab.'], options: { bargeIn: false } },
    );
  });

  it('are answered by one reply also when the second has fewer words than a cut needs', () => {
    play(
      `
      caller  s--E-s--E
      words   a    cab
      turns      T    T
      model      ==   ==
      agent        ---   A_cab._
      memory  > a > cab < A cab.
    `,
      { replies: ['What?', 'A cab.'], options: { bargeIn: { minWords: 3 } } },
    );
  });

  it('are answered by one reply also when the second is a backchannel', () => {
    play(
      `
      caller  s--E-s--E
      words   a    ok
      turns      T    T
      agent        ---   A_cab._
      memory  > a > ok < A cab.
    `,
      { replies: ['What?', 'A cab.'], options: { bargeIn: { backchannels: ['ok'] } } },
    );
  });

  it('lead to an answer to the first one when the second is ignored', () => {
    play(
      `
      caller  s--Es---E
      words   a
      turns      T    i
      model      =x   ==
      agent              What?_
      at 8    TurnIgnored ReplyStarted
      memory  > a < What?
    `,
      { replies: ['What?', 'A cab.'] },
    );
  });

  it('lead to an answer to the first one when the second, without words, starts in the tick in which a draft is released', () => {
    play(
      `
      turn 0  s---e----E
      words   a cab
      turn 1           s----E
      turns            T    i
      agent                    One_cab._
      memory  > a cab < One cab.
    `,
      { replies: ['One cab.'] },
    );
  });

  it('lead to an answer to the first one when its draft was cancelled', () => {
    play(
      `
      caller  s--eEs---E
      words   hi
      turns       T    i
      model      ~~    ==
      agent               Sure._
      memory  > hi < Sure.
    `,
    );
  });

  it('are not answered again when a third is ignored', () => {
    play(
      `
      caller  s--Es---E             s--E
      words   hi  no
      turns      T    T                i
      model      =x   ==
      agent              Sure._
      memory  > hi > no < Sure.
    `,
    );
  });

  it('let the reply to the first one resume where it was, if it waited for a second that is ignored', () => {
    play(
      `
      caller  s--E-s------E
      words   a
      turns      T        i
      model      ==
      agent        -------What?_
      memory  > a < What?
    `,
      { replies: ['What?', 'A cab.'], options: { bargeIn: { minWords: 2 } } },
    );
  });
});

describe('three turns before a reply is heard', () => {
  it('are answered by one reply', () => {
    play(
      `
      caller  s--Es---Es---E
      words   a   cab  to
      turns      T    T    T
      model      =x   =x   ==
      agent                   To._
      memory  > a > cab > to < To.
      asked 3 > a > cab > to
    `,
      { replies: ['What?', 'A cab.', 'To.'] },
    );
  });

  it('lose nothing when the last one is ignored', () => {
    play(
      `
      caller  s--Es---Es---E
      words   a   cab
      turns      T    T    i
      model      =x   =x   ==
      agent                   Cab._
      memory  > a > cab < Cab.
      asked 3 > a > cab
    `,
      { replies: ['What?', 'Cab.'] },
    );
  });
});

describe('a cut before the reply to the turn that cut is heard', () => {
  it('loses nothing and repeats nothing', () => {
    play(
      `
      caller  s--E       s--Es---E
      words   hi         no  two
      turns      T          T    T
      model      ==         =x   ==
      agent         Good_           Two._
      memory  > hi < Good… > no > two < Two.
      asked 3 > hi < Good… > no > two
    `,
      { replies: ['Good day to you.', 'No?', 'Two.'] },
    );
  });

  it('by a turn that is ignored leads to a new request for the reply', () => {
    play(
      `
      caller  s--E       s--Es---E
      words   hi         no
      turns      T          T    i
      model      ==         =x   ==
      agent         Good_           No?_
      memory  > hi < Good… > no < No?
    `,
      { replies: ['Good day to you.', 'No?', 'Two.'] },
    );
  });
});
