import { from, ignoreElements, map, merge, share, Subject, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FluxRow } from '../../src/emulator/scenario/scenario.ts';
import type { AgentOptions, Control } from '../../src/agent/options.ts';
import { agent } from '../../src/agent/agent.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { play } from './ruleChart.ts';
import { turnInfo } from './ruleInput.ts';

const long = 'One two three four five.';
const boom = (): never => {
  throw new Error('boom');
};

describe('in rare cases,', () => {
  it('a line that a turn without words cancelled before it was heard is spoken after all', () => {
    play(
      `
      control p
      caller  s---E
      turns       i
      agent        One_two_three._
      memory  < One two three.
    `,
      { controls: { p: { say: 'One two three.' } } },
    );
  });
  it('a greeting that a turn without words cancelled before it was heard is spoken after all', () => {
    play(
      `
      caller   s---E
      turns        i
      agent           Hello._
      memory  < Hello.
    `,
      { speech: { firstAudioMs: 300 }, options: { greeting: 'Hello.' } },
    );
  });
  it('a greeting that a turn cancelled before it was heard is spoken after the answer to that turn', () => {
    play(
      `
      caller   s-E
      words    uh
      agent    --     Sure._   Hello._
      memory  > uh < Sure. < Hello.
    `,
      { speech: { firstAudioMs: 300 }, options: { greeting: 'Hello.', bargeIn: { minWords: 2 } } },
    );
  });
  it('a say sent while StartOfTurn is delivered waits for that turn', () => {
    const { history } = simulate(
      { flux: [turnInfo(0, 's', 'hi'), turnInfo(1000, 'E', 'hi')] },
      {
        agent: (audio, { stages, options }) => {
          const mine = new Subject<Control>();
          return audio.pipe(
            agent(stages, options, mine),
            tap((event) => event.type === 'StartOfTurn' && mine.next({ say: 'Bye.' })),
          );
        },
      },
    );
    expect(history.map(({ content }) => content)).toEqual(['hi', 'Sure.', 'Bye.']);
  });
  it('typed text is answered together with the turns that waited for the speech it cuts', () => {
    play(
      `
      caller  s--E   s--E
      words   hi     and
      control             p
      turns      T        T
      agent         One_tw   Sure._
      memory  > hi < One… > and > go < Sure.
    `,
      { replies: [long, 'Sure.'], options: { bargeIn: false }, controls: { p: { text: 'go' } } },
    );
  });
  it('there is no Idle while the caller talks', () => {
    play(
      `
      caller  s--E   s--------------------E                    |
      words   hi     and         so
      turns      T                        T
      agent         Sure._                   Sure._
      idle                                              i
    `,
      { options: { idleMs: 500, bargeIn: { minWords: 3 } } },
    );
  });
  it('one word of Flux is one word', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            uh-huh
      turns      T              i
      agent         One_two_three_four_five._
      ignored minWords
      memory  > hi < One two three four five.
    `,
      { replies: [long, 'Sure.'], options: { bargeIn: { minWords: 2 } } },
    );
  });
  it('a play that throws ends the reply, not the call', () => {
    play(
      `
      caller  s--E          s--E
      words   hi            no
      turns      T             T
      failed  play failed, play failed
      memory  > hi > no
    `,
      { stages: { play: boom } },
    );
  });
  it('a listen that throws is reported', () => {
    const { events } = simulate({ flux: [turnInfo(0, 's', 'hi')] }, { stages: { listen: boom } });
    expect(events.map(({ type }) => type)).toEqual(['Failure']);
  });
  it('the duration of a turn counts from its start, also after typed text', () => {
    play(
      `
      caller  s--------------E
      words   hi             there
      control    t
      turns      T           T
      agent         One_two_t   Sure._
      memory  > stop < One two… > hi there < Sure.
    `,
      { replies: [long, 'Sure.'], options: { bargeIn: { minDurationMs: 500 } }, controls: { t: { text: 'stop' } } },
    );
  });
  it('typed text without words is no turn', () => {
    play(
      `
      caller                |
      control   t
      turns     i
      ignored empty
      model
      memory
    `,
      { controls: { t: { text: ' ' } } },
    );
  });
  it('a draft that is kept is counted once', () => {
    play(
      `
      caller  s--e--e-----r--e--E
      words   hi    =Hi.  =Hi you
      drafts     d        x  d  k
    `,
      { options: { maxDrafts: 2 } },
    );
  });
  it('bargeIn: false, set while the agent is paused, lets it resume at the end of the turn', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            uh
      control                 p
      turns      T                               T
      agent         One_two_----three_four_five._   Sure._
      memory  > hi < One two three four five. > uh < Sure.
    `,
      {
        replies: [long, 'Sure.'],
        options: { bargeIn: { minWords: 3, resumeAfterMs: 2000 } },
        controls: { p: { set: { bargeIn: false } } },
      },
    );
  });
  it('a backchannel over protected speech is not answered', () => {
    play(
      `
      control p
      caller      s-----E
      words       ok
      turns             i
      agent    One_two_three._
      ignored backchannel
      memory  < One two three.
    `,
      { controls: { p: { say: 'One two three.', protect: true } }, options: { bargeIn: { backchannels: ['ok'] } } },
    );
  });
  it('a turn below the minimum is drafted while nothing is audible', () => {
    play(
      `
      caller  s--Es--e-----E
      words   a   cab
      turns      T         T
      drafts         d     k
      memory  > a > cab < A cab.
    `,
      { replies: ['What?', 'A cab.'], options: { bargeIn: { minWords: 3 } } },
    );
  });
  it('controls that error are reported and do not end the call', () => {
    const { events, violations } = simulate(
      { flux: [turnInfo(0, 's', 'hi'), turnInfo(300, 'E', 'hi')] },
      {
        agent: (audio, { stages, options, controls$ }) =>
          audio.pipe(agent(stages, options, merge(controls$, timer(1000).pipe(map(boom))))),
      },
    );
    expect(events.find(({ type }) => type === 'Failure')).toMatchObject({ at: 1000, message: 'boom', recovered: true });
    expect(events.at(-1)?.type).toBe('Closed');
    expect(violations).toEqual([]);
  });

  it('controls that arrive all at once are all applied', () => {
    const { history, violations } = simulate(
      { flux: [turnInfo(4000, 's', 'hi'), turnInfo(4300, 'E', 'hi')] },
      {
        agent: (audio, { stages, options }) =>
          audio.pipe(agent(stages, options, from<Control[]>([{ say: 'One.' }, { set: { system: '' } }, { say: 'Two.' }]))),
      },
    );
    expect(history.map(({ content }) => content)).toEqual(['One.', 'Two.', 'hi', 'Sure.']);
    expect(violations).toEqual([]);
  });

  it.each(['ReplyEnded', 'Latency', 'Idle', 'TurnTaken', 'EndOfTurn', 'SpeechStarted'] as const)(
    'a say sent while %s is delivered is spoken, and all listeners get the events in order',
    (when) => {
      const seen: number[] = [];
      const { history, violations } = simulate(
        { flux: [turnInfo(0, 's', 'hi'), turnInfo(300, 'E', 'hi')], agent: { idleMs: 500 }, endAt: 6000 },
        {
          agent: (audio, { stages, options }) => {
            const mine = new Subject<Control>();
            let told = false;
            const call = audio.pipe(agent(stages, options, mine), share());
            const answering = call.pipe(
              tap(({ type }) => {
                if (type !== when || told) return;
                told = true;
                mine.next({ say: 'More.' });
              }),
              ignoreElements(),
            );
            return merge(answering, call.pipe(tap(({ id }) => seen.push(id))));
          },
        },
      );

      expect(history.map(({ content }) => content)).toEqual(['hi', 'Sure.', 'More.']);
      expect(seen).toEqual(seen.map((_, k) => k + 1));
      expect(violations).toEqual([]);
    },
  );

  it('a reply of which no word was heard is requested again when the turn that cut it has no words', () => {
    const { history, violations } = simulate({
      flux: [turnInfo(500, 's', 'hi'), turnInfo(900, 'E', 'hi there'), turnInfo(1280, 's', 'um', 1), { at: 1400, drop: true }],
      endAt: 3000,
      model: { replies: ['Absolutely right.'] },
    });

    expect(history.map(({ content }) => content)).toEqual(['hi there', 'Absolutely right.']);
    expect(violations).toEqual([]);
  });

  it('what was heard is remembered when the recogniser fails for good', () => {
    const { history, events, violations } = simulate({
      flux: [
        turnInfo(500, 's', 'hi'),
        turnInfo(900, 'E', 'hi there'),
        { at: 2000, error: { code: 'UNPARSABLE_CLIENT_MESSAGE' } },
      ],
      endAt: 9000,
      model: { replies: [long] },
    });

    expect(history).toMatchObject([{ role: 'user' }, { content: 'One two', interrupted: true }]);
    expect(events.slice(-3).map(({ type }) => type)).toEqual(['Failure', 'Latency', 'ReplyEnded']);
    expect(violations).toEqual([]);
  });

  it('a voice without sound is reported once the turn has ended', () => {
    const silent = (flux: FluxRow[]) => simulate({ flux, speech: { silent: true } });
    const asked = silent([turnInfo(500, 's', 'hi'), turnInfo(900, 'E', 'hi')]);
    const drafted = silent([turnInfo(500, 's', 'hi'), turnInfo(700, 'e', 'hi'), turnInfo(2000, 'E', 'hi')]);

    for (const { events, violations } of [asked, drafted]) {
      expect(events.filter(({ type }) => type === 'Failure')).toMatchObject([
        { stage: 'speak', code: 'no-audio', recovered: true },
      ]);
      expect(violations).toEqual([]);
    }
  });

  it('options that are undefined have their defaults', () => {
    const none = { bargeIn: undefined, fallbackLine: undefined, context: undefined, eager: undefined } as unknown as AgentOptions;
    const flux = [
      turnInfo(500, 's', 'hi'),
      turnInfo(900, 'E', 'hi there'),
      turnInfo(2000, 's', 'no', 1),
      turnInfo(2300, 'E', 'no', 1),
    ];
    const { events } = simulate({ flux, model: { replies: [long] } }, { options: none });

    expect(events).toEqual(simulate({ flux, model: { replies: [long] } }).events);
  });

  it('a fallback line that throws is reported as another failure of the model', () => {
    const { events, violations } = simulate(
      { flux: [turnInfo(500, 's', 'hi'), turnInfo(900, 'E', 'hi')], model: { replies: [{ say: '', status: 500 }] } },
      { options: { fallbackLine: boom } },
    );

    expect(events.filter(({ type }) => type === 'Failure')).toMatchObject([
      { stage: 'think' },
      { stage: 'think', message: 'boom' },
    ]);
    expect(violations).toEqual([]);
  });

  it('a reply that was cancelled and then dismissed is not requested again', () => {
    play(
      `
      caller  s--E s----------E
      words   hi
      control             p
      turns      T            i
      agent
      memory  > hi
    `,
      { controls: { p: { interrupt: true } } },
    );
  });

  it('turns over protected speech and an open turn are answered by one request', () => {
    const { requests } = simulate({
      flux: [
        turnInfo(300, 's', 'yo'),
        turnInfo(600, 'E', 'yo there'),
        turnInfo(1500, 's', 'and', 1),
        turnInfo(3000, 'E', 'and more', 1),
      ],
      agent: { greeting: { text: 'This call is recorded.', protect: true } },
    });

    expect(requests).toMatchObject([{ at: 3000, draft: false }]);
    expect(requests[0]?.messages.slice(-2).map(({ content }) => content)).toEqual(['yo there', 'and more']);
  });

  it('SpeechPaused reports what was heard until the pause', () => {
    const { heard, history } = simulate({
      flux: [
        turnInfo(500, 's', 'hi'),
        turnInfo(900, 'E', 'hi there'),
        turnInfo(1760, 's', 'no', 1),
        turnInfo(1960, 'u', 'no wait', 1),
        turnInfo(2160, 'E', 'no wait', 1),
      ],
      agent: { bargeIn: { minWords: 2, resumeAfterMs: 1000 } },
      model: { replies: ['One two three four five six.', 'B.'] },
    });

    expect(history[1]).toMatchObject({ content: 'One two', interrupted: true });
    expect(heard[0]).toMatchObject({ reply: 1, text: 'One two' });
  });

  it('a model that wants a tool is reported, and the fallback line is spoken', () => {
    const { events, history, violations } = simulate({
      flux: [turnInfo(500, 's', 'hi'), turnInfo(900, 'E', 'hi there')],
      faults: [{ service: 'chat', kind: 'finish', reason: 'tool_calls' }],
    });

    expect(events.filter(({ type }) => type === 'Failure')).toMatchObject([
      { stage: 'think', code: 'tool_calls', recovered: true },
    ]);
    expect(history.map(({ content }) => content)).toEqual(['hi there', 'I heard you say: hi there']);
    expect(violations).toEqual([]);
  });
});
