import { describe, it } from 'vitest';
import { play } from './ruleChart.ts';

const replies = ['One two three four five.', 'Sure.'];

describe('a turn while the agent speaks', () => {
  it('cuts it in the tick in which it has enough words', () => {
    play(
      `
      caller  s--E          s----u--E
      words   hi            wait a  bit
      turns      T                  T
      agent         One_two_three      Sure._
      at 19   Update BargeIn ReplyEnded
      memory  > hi < One two… > wait a bit < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 2 } } },
    );
  });

  it('of too few words does nothing, and is not answered', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            wait
      turns      T              i
      agent         One_two_three_four_five._
      ignored minWords
      memory  > hi < One two three four five.
    `,
      { replies, options: { bargeIn: { minWords: 2 } } },
    );
  });

  it('cuts only when it has enough words and has lasted long enough', () => {
    play(
      `
      caller  s--E          s---u-u---E
      words   hi            no wait   now
      turns      T                    T
      agent         One_two_three_       Sure._
      memory  > hi < One two three… > no wait now < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 2, minDurationMs: 600 } } },
    );
  });

  it('that ends too soon does nothing, and is not answered', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            wait
      turns      T              i
      agent         One_two_three_four_five._
      ignored minDurationMs
      memory  > hi < One two three four five.
    `,
      { replies, options: { bargeIn: { minDurationMs: 600 } } },
    );
  });

  it('cuts with a stop word, whatever the other conditions', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            STOP!
      turns      T              T
      agent         One_two_       Sure._
      at 14   StartOfTurn BargeIn ReplyEnded
      memory  > hi < One two… > STOP! < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 4, minDurationMs: 5000, stopWords: [' stop'] } } },
    );
  });

  it('of nothing but backchannels does nothing, and is answered only when the agent is silent', () => {
    play(
      `
      caller  s--E          s---E                s---E
      words   hi            ok                   ok
      turns      T              i                    T
      agent         One_two_three_four_five._           Sure._
      ignored backchannel
      memory  > hi < One two three four five. > ok < Sure.
    `,
      { replies, options: { bargeIn: { backchannels: ['ok', 'uh huh'] } } },
    );
  });

  it('cuts at its first word that is no backchannel', () => {
    play(
      `
      caller  s--E          s---u---E
      words   hi            Ok, but
      turns      T                  T
      agent         One_two_thre       Sure._
      memory  > hi < One two… > Ok, but < Sure.
    `,
      { replies, options: { bargeIn: { backchannels: ['ok', 'uh huh'] } } },
    );
  });

  it('pauses it, lets it resume after a while where it stopped, and may still cut it', () => {
    play(
      `
      caller  s--E          s-----u--E
      words   hi            wait  a  bit
      turns      T                   T
      agent         One_two_---thr      Sure._
      memory  > hi < One two… > wait a bit < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 2, resumeAfterMs: 300 } } },
    );
  });

  it('that is ignored lets it resume at once, and leaves no trace in history', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            wait
      turns      T              i
      agent         One_two_----three_four_five._
      at 18   EndOfTurn TurnIgnored SpeechResumed
      memory  > hi < One two three four five.
    `,
      { replies, options: { bargeIn: { minWords: 2, resumeAfterMs: 3000 } } },
    );
  });

  it('of nothing but backchannels pauses it at most', () => {
    play(
      `
      caller  s--E          s---u-E
      words   hi            ok  ok
      turns      T                i
      agent         One_two_------three_four_five._
      ignored backchannel
      memory  > hi < One two three four five.
    `,
      { replies, options: { bargeIn: { backchannels: ['ok'], resumeAfterMs: 3000 } } },
    );
  });

  it('that may not cut is answered afterwards, together with others', () => {
    play(
      `
      caller  s--E     s--E  s--E
      words   hi       and   so
      turns      T                           T
      agent         One_two_three_four_five._   Sure._
      at 31   ReplyEnded TurnTaken TurnTaken ReplyStarted
      memory  > hi < One two three four five. > and > so < Sure.
    `,
      { replies: ['One two three four five.', '', 'Sure.'], options: { bargeIn: false } },
    );
  });

  it('that is still open when the agent has finished goes on as any other, with drafts', () => {
    play(
      `
      caller  s--E                        s-----e--E
      words   hi                          and so
      drafts                                    d  k
      turns      T                                 T
      agent         One_two_three_four_five._      Sure._
      memory  > hi < One two three four five. > and so < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 3 } } },
    );
  });

  it('is judged by the policy of the moment', () => {
    play(
      `
      caller  s--E          s---u---E
      words   hi            and     so
      control                 p
      turns      T                  T
      agent         One_two_thre       Sure._
      memory  > hi < One two… > and so < Sure.
    `,
      {
        replies,
        options: { bargeIn: { minWords: 9 } },
        controls: { p: { set: { bargeIn: { minWords: 1 } } } },
      },
    );
  });

  it("of the agent's words is an echo until there is another word", () => {
    play(
      `
      caller  s--E          s---E   s-----u--E
      words   hi            one two three no
      turns      T              i            T
      agent         One_two_three_four_fiv      Sure._
      ignored echo
      memory  > hi < One two three four… > three no < Sure.
    `,
      { replies, options: { echoGuard: true } },
    );
  });

  it("of the agent's words is an echo also when nothing may cut it", () => {
    play(
      `
      caller  s--E          s-----E
      words   hi            one two
      turns      T                i
      agent         One_two_three_four_five._
      ignored echo
      memory  > hi < One two three four five.
    `,
      { replies, options: { echoGuard: true, bargeIn: false } },
    );
  });

  it("of the agent's words is an echo also of protected speech", () => {
    play(
      `
      control p
      caller      s-----E
      words       one two
      turns             i
      agent    One_two_three._
      ignored echo
      memory  < One two three.
    `,
      { controls: { p: { say: 'One two three.', protect: true } }, options: { echoGuard: true } },
    );
  });

  it("of the agent's words is an echo also when it ends after the agent has finished", () => {
    play(
      `
      caller  s--E       s------E
      words   hi         one two
      turns      T              i
      agent         One_two._
      ignored echo
      memory  > hi < One two.
    `,
      { replies: ['One two.', 'Sure.'], options: { echoGuard: true } },
    );
  });

  it('that is ignored lets it resume each time it was paused', () => {
    play(
      `
      caller  s--E          s-E s-E
      words   hi            uh  uh
      turns      T            i   i
      agent         One_two_--th--ree_four_five._
      ignored minWords minWords
      memory  > hi < One two three four five.
    `,
      { replies, options: { bargeIn: { minWords: 4, resumeAfterMs: 3000 } } },
    );
  });

  it('goes on when interrupt stops the agent that it had paused', () => {
    play(
      `
      caller  s--E          s-------E
      words   hi            uh   no wait
      control                 i
      turns      T                  T
      agent         One_two_--         Sure._
      memory  > hi < One two… > uh no wait < Sure.
    `,
      { replies, options: { bargeIn: { minWords: 4, resumeAfterMs: 3000 } }, controls: { i: { interrupt: true } } },
    );
  });
});
