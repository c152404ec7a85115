import { concat, defer, ignoreElements, map, of, take, throwError, timer, type Observable } from 'rxjs';
import { describe, it } from 'vitest';
import type { Sentence, Speak, Speech } from '../../operators/events.ts';
import { speaker } from '../../src/audio/speaker.ts';
import { ModelError, VoiceError, WireError } from '../../src/errors.ts';
import type { Stages } from '../../src/agent/options.ts';
import { play } from './ruleChart.ts';

const options = { fallbackLine: 'Pardon?' };

describe('a model that', () => {
  it('answers nothing is replaced by the fallback line, and answers the next turn', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         Pardon?_         Sure._
      failed  think empty
      memory  > hi < Pardon? > go < Sure.
      asked 2 > hi < Pardon? > go
    `,
      { replies: ['', 'Sure.'], options },
    );
  });

  it('answers only spaces is replaced by the fallback line, and answers the next turn', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         Pardon?_         Sure._
      failed  think empty
      memory  > hi < Pardon? > go < Sure.
    `,
      { replies: [' \n ', 'Sure.'], options },
    );
  });

  it('refuses the request is replaced by the fallback line, and answers the next turn', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         Pardon?_         Sure._
      failed  think busy
      memory  > hi < Pardon? > go < Sure.
    `,
      { replies: [{ say: 'Well.', status: 429 }, 'Sure.'], options },
    );
  });

  it('refuses to answer is replaced by the fallback line, and answers the next turn', () => {
    const filtered = throwError(() => new ModelError('filtered', 'The model refused to answer.'));
    const think: Stages['think'] = (messages) =>
      messages.at(-1)?.content === 'hi' ? filtered : of({ type: 'Token', text: 'Sure.' });

    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent       Pardon?_         Sure._
      failed  think filtered
      memory  > hi < Pardon? > go < Sure.
    `,
      { options, stages: { think } },
    );
  });

  it('fails in the middle is heard to its last whole sentence, and answers the next turn', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         One_two._        Sure._
      failed  think failed
      memory  > hi < One two. > go < Sure.
    `,
      { replies: [{ say: 'One two. Three four.', failAfterTokens: 3 }, 'Sure.'], options },
    );
  });

  it('fails before its first whole sentence is replaced by the fallback line', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      agent         Pardon?_         Sure._
      failed  think failed
      memory  > hi < Pardon? > go < Sure.
    `,
      { replies: [{ say: 'One two. Three four.', failAfterTokens: 1 }, 'Sure.'], options },
    );
  });

  it('stops at its length limit is heard as far as it wrote', () => {
    play(
      `
      caller  s--E               s--E
      words   hi                 go
      agent         One._Two_th_       Sure._
      failed
      memory  > hi < One. Two th > go < Sure.
    `,
      { replies: ['One. Two th', 'Sure.'] },
    );
  });

  it('falls silent is heard as far as it wrote, and answers the next turn', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      model      =========x          ==
      agent         One_two._           Sure._
      failed  think token-gap
      memory  > hi < One two. > go < Sure.
    `,
      {
        replies: [{ say: 'One two. Three four.', stallAfterTokens: 3 }, 'Sure.'],
        options: { ...options, tokenGapMs: 700 },
      },
    );
  });

  it('does not start is replaced by the fallback line, and answers the next turn', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      model      =====x              ==
      agent            Pardon?_         Sure._
      failed  think first-token
      memory  > hi < Pardon? > go < Sure.
    `,
      { replies: [{ say: 'One.', stallAfterTokens: 0 }, 'Sure.'], options: { ...options, firstTokenMs: 500 } },
    );
  });
});

/** Half a second of sound. */
const sound = ({ text }: Sentence): Speech => ({
  type: 'Speech',
  audio: { data: new Uint8Array(1000), encoding: 'linear16', sampleRateHz: 1000, channels: 1 },
  text,
});
const broken = throwError(() => new VoiceError('lost-track', 'It is gone.'));

/** A voice whose first reply ends as told, after this much of its sound; the next one speaks each sentence for 0.5 s. */
const firstBreaking = (chunks: number): Speak => {
  let replies = 0;
  return () => {
    const first = replies++ === 0;
    return (sentences) => {
      const spoken = sentences.pipe(map(sound));
      return first ? concat(spoken.pipe(take(chunks)), timer(100).pipe(ignoreElements()), broken) : spoken;
    };
  };
};

describe('a voice that', () => {
  it('makes no sound adds nothing to history, and the next turn is answered', () => {
    play(
      `
      caller  s--E             s--E
      words   hi               go
      turns      T                T
      model      ==               ==
      agent
      memory  > hi > go
      asked 2 > hi > go
    `,
      { speech: { silent: true } },
    );
  });

  it('does not answer is abandoned, and the next turn is answered', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      turns      T                   T
      model      ==                  ==
      agent
      failed  speak first-audio, speak first-audio
      memory  > hi > go
    `,
      { speech: { stall: true }, options: { firstAudioMs: 1000 } },
    );
  });

  it('fails before it is heard adds nothing to history, and speaks in the next turn', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      agent                            Sure.
      failed  speak lost-track
      memory  > hi > go < Sure.
    `,
      { replies: ['One. Two.', 'Sure.'], stages: { speak: firstBreaking(0) } },
    );
  });

  it('fails in the middle adds the heard part to history, and speaks in the next turn', () => {
    play(
      `
      caller  s--E                s--E
      words   hi                  go
      agent        One._               Sure.
      failed  speak lost-track
      memory  > hi < One. > go < Sure.
    `,
      { replies: ['One. Two.', 'Sure.'], stages: { speak: firstBreaking(1) } },
    );
  });
});

/** The voices of a call that are lost at once, this way, and are there when they are asked for again. */
const lostFirst = (retryable: boolean): Observable<Speak> => {
  let calls = 0;
  const gone = new WireError('unreachable', 'No connection.', { retryable });
  return defer(() => (calls++ === 0 ? throwError(() => gone) : of<Speak>(() => map(sound))));
};

describe('a voice that is not available', () => {
  it('leaves one answer unheard with a Failure, and is tried again for the next', () => {
    play(
      `
      caller  s--E      s--E
      words   hi        go
      agent                  Sure.
      failed  speak unreachable, speak unreachable
      memory  > hi > go < Sure.
    `,
      { stages: { speak: lostFirst(true) } },
    );
  });

  it('and never will be leaves all answers unheard with a Failure', () => {
    play(
      `
      caller  s--E      s--E
      words   hi        go
      agent
      failed  speak unreachable, speak unreachable, speak unreachable
      memory  > hi > go
    `,
      { stages: { speak: lostFirst(false) } },
    );
  });
});

describe('a voice that fails in a draft', () => {
  it('is not reported, and the turn is requested again when it ends', () => {
    play(
      `
      caller  s--e----E
      words   hi
      drafts     dx
      model      ~x   ==
      agent             Sure.
      dropped failed
      failed
      memory  > hi < Sure.
    `,
      { stages: { speak: firstBreaking(0) } },
    );
  });
});

describe('a recogniser that', () => {
  it('fails is replaced by a new connection while the agent goes on speaking', () => {
    play(
      `
      caller  s--E       !           s--E
      words   hi                     ok
      agent         One_two_three._        One_two_three._
      failed  listen NET-0000
      memory  > hi < One two three. > ok < One two three.
    `,
      { replies: ['One two three.'] },
    );
  });

  it('is not available again ends the call at once with a Failure, and nothing goes on', () => {
    play(
      `
      caller  s--E       X
      words   hi
      agent         One_two_
      failed  listen closed, listen unauthorized
    `,
      { replies: ['One two three.'], faults: [{ service: 'listen', kind: 'refuse', connection: 1, status: 401 }] },
    );
  });
});

describe('a speaker that', () => {
  it('fails ends the reply, and the next turn is answered', () => {
    let replies = 0;
    const silent = speaker();
    const gone = throwError(() => new Error('no device'));

    play(
      `
      caller  s--E                s--E
      words   hi                  go
      turns      T                   T
      agent                             Sure._
      failed  play failed
      memory  > hi > go < Sure.
    `,
      { replies: ['One.', 'Sure.'], stages: { play: (cues) => (replies++ === 0 ? () => gone : silent(cues)) } },
    );
  });
});
