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
  it('while nobody talks closes the call', () => {
    play(`
      caller       |
      call    ---------------|
    `);
  });

  it('while the caller talks ends the turn, has it answered, and closes when the answer was heard', () => {
    play(`
      caller  s----|
      words   hi
      turns                  T
      agent                     Sure._
      call    ------------------------|
      memory  > hi < Sure.
    `);
  });

  it('while a draft waits has it heard', () => {
    play(`
      caller  s--e-|
      words   hi
      drafts     d k
      agent         Sure._
      call    ------------|
      memory  > hi < Sure.
    `);
  });

  it('while a reply is thought of lets it be heard', () => {
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

  it('while the agent speaks lets it speak', () => {
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

  it('while what cancelled a reply comes to nothing has that turn answered', () => {
    play(`
      caller  s--Es-|
      words   hi
      turns      T  i
      agent            Sure._
      call    ---------------|
      memory  > hi < Sure.
    `);
  });

  it('while what was said over the agent waits has it answered', () => {
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

  it('while the agent is paused ends what paused it, and lets it speak no more', () => {
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

  it('while protected words are said lets them be heard, and answers what was said over them', () => {
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

  it('in a turn is the end of it also for a Flux that does not know ForceEndTurn, and dies of it', () => {
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

  it('while the connection is lost waits for the next one, and until it has nothing more to say of the turn that was lost', () => {
    play(`
      caller  s----X-|
      words   hi
      turns        i
      call    ------------------|
      ignored lost
      memory
    `);
  });

  it('while the model does not begin waits no longer than it may', () => {
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

  it('while the voice does not answer waits no longer than it may', () => {
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

  it('while something waits to be said has it said', () => {
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
  it('is as if the audio had ended', () => {
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
  it('while nobody talks ends the call in that tick', () => {
    play(
      `
      caller                    |
      control      h
      call    -----|
    `,
      { controls },
    );
  });

  it('while the caller talks leaves the turn', () => {
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

  it('while a draft is written aborts it', () => {
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

  it('while a reply is thought of aborts it', () => {
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

  it('while the agent speaks cuts it, and remembers what was heard', () => {
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

  it('while the agent is paused remembers what was heard', () => {
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

  it('cuts also what is protected, and what waits is not said', () => {
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

  it('does not wait for the last words of the recogniser', () => {
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
