import { describe, expect, it } from 'vitest';
import { play } from './ruleChart.ts';

describe('a draft', () => {
  it('is written while the turn may go on, and heard in the tick in which the turn ends', () => {
    play(`
      caller  s------e------E
      words   book a cab    =Book a cab!
      drafts         d      k
      model          ~~
      agent                 Sure._
      at 14   EndOfTurn TurnTaken ReplyStarted SpeechStarted
      memory  > Book a cab! < Sure.
    `);
  });

  it('is requested once, although its turn has two eager ends with equivalent words', () => {
    play(`
      caller  s------e---e------E
      words   book a cab =Book a cab.
      drafts         d          k
      model          ~~
      agent                     Sure._
      memory  > Book a cab. < Sure.
    `);
  });

  it('is not heard and leaves nothing in history when the turn resumes, not even the sound that waited', () => {
    play(
      `
      caller  s---e----r-------E
      words   a cab    no two
      drafts      d    x
      said          S            S
      model       ~~           ==
      agent                       Two._
      at 9    TurnResumed DraftDropped
      dropped resumed
      memory  > a cab no two < Two.
    `,
      { replies: [{ say: 'Two.', when: 'two' }, 'One cab it is.'] },
    );
  });

  it('is not heard when the turn ends with other words, not even the sound that waited', () => {
    play(
      `
      caller  s---e----E
      words   a cab    =a cat
      drafts      d    x
      said          S    S
      model       ~~   ==
      agent               Meow._
      at 9    EndOfTurn TurnTaken DraftDropped ReplyStarted
      dropped changed
      memory  > a cat < Meow.
    `,
      { replies: [{ say: 'Meow.', when: 'cat' }, 'One cab it is.'] },
    );
  });

  it('is replaced at an eager end with other words', () => {
    play(
      `
      caller  s---e----e---E
      words   a cab    two
      drafts      d    d   k
      model       ~~   ~~
      agent                Two._
      at 9    EagerEndOfTurn DraftDropped DraftStarted
      dropped changed
      memory  > a cab two < Two.
    `,
      { replies: [{ say: 'Two.', when: 'two' }, 'One.'] },
    );
  });

  it('sends only its first sentence to speech before the turn ends', () => {
    play(
      `
      caller  s---e-----E
      words   a cab
      said          S   S
      model       ~~
      agent             One._Two._
      memory  > a cab < One. Two.
    `,
      { replies: ['One. Two.'] },
    );
  });

  it('is not started by punctuation alone', () => {
    play(`
      caller  s--e---E
      words   ...    =yes
      drafts
      model          ==
      agent             Sure._
      memory  > yes < Sure.
    `);
  });

  it('is not started while the agent speaks and is not cut', () => {
    play(
      `
      caller  s--E          s----e------E
      words   hi            and ok      then
      drafts
      model      ==                     ==
      agent         One_two_three_four_f   Sure._
      memory  > hi < One two three four… > and ok then < Sure.
    `,
      { replies: ['One two three four five.', 'Sure.'], options: { bargeIn: { minWords: 3 } } },
    );
  });

  it('is started once its turn has cut the agent', () => {
    play(
      `
      caller  s--E          s------e----E
      words   hi            and ok then
      drafts                       d    k
      model      ==                ~~
      agent         One_two_three_f     Sure._
      memory  > hi < One two three… > and ok then < Sure.
    `,
      { replies: ['One two three four five.', 'Sure.'], options: { bargeIn: { minWords: 3 } } },
    );
  });

  it('after the limit of drafts makes the turn no slower than without drafts', () => {
    const picture = `
      caller  s---e--r--e------E
      words   a cab  to town
      model       ~~           ==
      agent                       Sure._
      dropped resumed
    `;
    play(picture, { options: { maxDrafts: 1 } });
    play(picture, { options: { maxDraftedTurnMs: 500 } });
  });

  it('that never settles is dropped, and the turn is answered when it ends', () => {
    play(
      `
      caller  s---e-----------E
      words   a cab
      drafts      d         x
      model       ~~          ==
      agent                      Sure._
      dropped timeout
      memory  > a cab < Sure.
    `,
      { options: { draftTimeoutMs: 1000 } },
    );
  });

  it('that was dropped accepts no more tokens, although the model still writes', () => {
    const { events } = play(
      `
      caller  s---e---r-------E
      words   a cab   to
      model       ~~~~x,,     =======
      dropped resumed
    `,
      { replies: [{ say: 'One two three four five.', abortLagMs: 2000 }], model: { firstTokenMs: 250, tokenMs: 100 } },
    );
    const dropped = events.findIndex(({ type }) => type === 'DraftDropped');
    const tokens = events.flatMap((event, at) => (event.type === 'Token' && event.reply === 1 ? [at < dropped] : []));

    expect(tokens).toEqual([true, true]);
  });

  it('that failed is silent, and the turn is requested again when it ends', () => {
    play(
      `
      caller  s---e------E
      words   a cab
      drafts      d x
      model       ~~     ==
      agent                 Sure._
      dropped failed
      failed
      memory  > a cab < Sure.
    `,
      { replies: [{ say: 'Sure.', status: 500, times: 1 }] },
    );
  });
});
