import { describe, it } from 'vitest';
import { leave, play } from './ruleChart.ts';

const replies = ['One two three four five.', 'Sure.'];
const controls = {
  a: { say: 'Bye.' },
  c: { close: true },
  h: { hangUp: true },
  p: { say: 'One two three.', protect: true },
} as const;
/** A short word only pauses the agent. */
const pausing = { bargeIn: { minWords: 2, resumeAfterMs: 5000 } };

/** After the last audio Flux is given a second to say what it still has to say. */
describe('the end of the audio', () => {
  it('closes the call while nobody talks', () => {
    play(`
      caller       |
      call    ---------------|
    `);
  });

  it('ends an open turn; the call closes after its answer', () => {
    play(`
      caller  s----|
      words   hi
      turns                  T
      agent                     Sure._
      call    ------------------------|
      memory  > hi < Sure.
    `);
  });

  it('ends an open turn, and its draft is heard', () => {
    play(`
      caller  s--e-|
      words   hi
      drafts     d k
      agent         Sure._
      call    ------------|
      memory  > hi < Sure.
    `);
  });

  it('lets a reply be heard that has not started to sound', () => {
    play(
      `
      caller  s--E|
      words   hi
      agent         One_two_three_four_five._
      call    -------------------------------|
      memory  > hi < One two three four five.
    `,
      { replies },
    );
  });

  it('lets the agent finish speaking', () => {
    play(
      `
      caller  s--E             |
      words   hi
      agent         One_two_three_four_five._
      call    -------------------------------|
      memory  > hi < One two three four five.
    `,
      { replies },
    );
  });

  it('has a turn answered whose reply was cancelled by a turn without words', () => {
    play(`
      caller  s--Es-|
      words   hi
      turns      T  i
      agent            Sure._
      call    ---------------|
      memory  > hi < Sure.
    `);
  });

  it('has the turns answered that wait for the agent to finish', () => {
    play(
      `
      caller  s--E   s--E-|
      words   hi     and
      turns      T                           T
      agent         One_two_three_four_five._   Sure._
      call    ----------------------------------------|
      memory  > hi < One two three four five. > and < Sure.
    `,
      { replies, options: { bargeIn: false } },
    );
  });

  it('ends the turn that paused the agent, and the agent does not resume', () => {
    play(
      `
      caller  s--E          s-|
      words   hi            uh
      turns      T            i
      agent         One_two_--
      call    ----------------|
      ignored minWords
      memory  > hi < One two…
    `,
      { replies, options: pausing },
    );
  });

  it('lets protected speech finish, and the turns over it are answered', () => {
    play(
      `
      control p
      caller     s--|
      words      no
      turns                   T
      agent    One_two_three._   Sure._
      call    -------------------------|
      memory  < One two three. > no < Sure.
    `,
      { controls },
    );
  });

  it('ends an open turn also when Flux fails at ForceEndTurn', () => {
    play(
      `
      caller  s----|
      words   yes
      turns                  T
      failed
      memory  > yes < Sure.
    `,
      { faults: [{ service: 'listen', kind: 'variant', forceEndTurn: 'unknown' }] },
    );
  });

  it('waits for a new connection, and for the rest of the turn that was lost', () => {
    play(`
      caller  s----X-|
      words   hi
      turns        i
      call    ------------------|
      ignored lost
      memory
    `);
  });

  it('waits for a model that does not start only until its time limit', () => {
    play(
      `
      caller  s--E|
      words   hi
      agent                      Sorry._
      call    --------------------------|
      failed  think first-token
      memory  > hi < Sorry.
    `,
      { replies: [{ say: 'Sure.', stallAfterTokens: 0 }], options: { firstTokenMs: 1500, fallbackLine: 'Sorry.' } },
    );
  });

  it('waits for a voice that does not answer only until its time limit', () => {
    play(
      `
      caller  s--E|
      words   hi
      agent
      call    --------------------|
      failed  speak first-audio
      memory  > hi
    `,
      { speech: { stall: true }, options: { firstAudioMs: 1500 } },
    );
  });

  it('lets a waiting line be spoken', () => {
    play(
      `
      caller  s--E----|
      words   hi
      control   a
      agent         Sure._ Bye._
      call    ------------------|
      memory  > hi < Sure. < Bye.
    `,
      { controls },
    );
  });
});

describe('closing', () => {
  it('acts like the end of the audio', () => {
    play(
      `
      caller  s--e------------------------E
      words   hi
      control      c
      agent         Sure._
      call    ------------|
      memory  > hi < Sure.
    `,
      { controls },
    );
  });
});

describe('hanging up', () => {
  it('ends the call in that tick while nobody talks', () => {
    play(
      `
      caller                    |
      control      h
      call    -----|
    `,
      { controls },
    );
  });

  it('abandons the turn in progress', () => {
    play(
      `
      caller  s-----------------|
      words   hi
      control      h
      turns
      call    -----|
      memory
    `,
      { controls },
    );
  });

  it('aborts a draft', () => {
    play(
      `
      caller  s--e--------------|
      words   hi
      control     h
      drafts     dx
      model      ~x
      call    ----|
      dropped closed
      memory
    `,
      { controls },
    );
  });

  it('aborts a reply before it is heard', () => {
    play(
      `
      caller  s--E              |
      words   hi
      control     h
      model      =x
      call    ----|
      memory  > hi
    `,
      { controls },
    );
  });

  it('cuts the agent, and history keeps what was heard', () => {
    play(
      `
      caller  s--E                       |
      words   hi
      control               h
      agent         One_two_
      call    --------------|
      memory  > hi < One two…
    `,
      { replies, controls },
    );
  });

  it('keeps in history what was heard before a pause', () => {
    play(
      `
      caller  s--E          s------------|
      words   hi            uh
      control                  h
      agent         One_two_---
      call    -----------------|
      memory  > hi < One two…
    `,
      { replies, controls, options: pausing },
    );
  });

  it('cuts protected speech too, and waiting lines are not spoken', () => {
    play(
      `
      control p a      h
      caller     s--E          |
      words      no
      agent    One_two_
      call    ---------|
      memory  < One two… > no
    `,
      { controls },
    );
  });
});

describe('hanging up while the call closes', () => {
  it('cuts the last reply', () => {
    play(
      `
      caller  s--E|
      words   hi
      control               h
      agent         One_two_
      call    --------------|
      memory  > hi < One two…
    `,
      { replies, controls },
    );
  });

  it('does not wait for the last messages of the recogniser', () => {
    play(
      `
      caller       |
      control         h
      call    --------|
    `,
      { controls },
    );
  });

  it('does not wait for a new connection', () => {
    play(
      `
      caller  s----X            |
      words   hi
      control       h
      call    ------|
    `,
      { controls },
    );
  });
});

describe('leaving', () => {
  it.each([
    ['while nobody talks', ['caller                    |'], 500],
    ['while the caller talks', ['caller  s-----------------|', 'words   hi'], 500],
    ['while a draft is written', ['caller  s--e--------------|', 'words   hi', 'model      ~x'], 400],
    ['while a draft waits', ['caller  s--e--------------|', 'words   hi', 'agent'], 800],
    ['while a reply is thought of', ['caller  s--E              |', 'words   hi', 'model      =x'], 400],
    ['while the agent speaks', ['caller  s--E              |', 'words   hi', 'agent         One_two_'], 1400],
    [
      'while the agent is paused',
      ['caller  s--E          s------------|', 'words   hi            uh', 'agent         One_two_-'],
      1700,
    ],
    ['while protected words are said', ['control p', 'caller                    |', 'agent    One_two_'], 900],
    ['while something waits to be said', ['control   a', 'caller  s-----------------|', 'words   hi', 'agent'], 500],
    ['while the connection is lost', ['caller  s----X------------|', 'words   hi'], 600],
    ['while the recogniser has its last words', ['caller       |'], 800],
    ['after the audio has ended', ['caller  s-|', 'words   hi', 'agent        One'], 800],
  ])('%s leaves nothing behind', (_when, picture, untilMs) => {
    leave(picture.join('\n'), { replies, controls, untilMs, options: pausing });
  });
});
