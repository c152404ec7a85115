import { describe, expect, it } from 'vitest';
import { play } from './ruleChart.ts';

const long = 'One two three four five.';

describe('the events of a tick', () => {
  it('of a turn that starts over the agent: start, cut, end of the reply', () => {
    play(
      `
      caller  s--E          s--E
      words   hi            no
      at 14   StartOfTurn BargeIn ReplyEnded
    `,
      { replies: [long] },
    );
  });

  it('of an end of turn that cuts: end, cut, end of the reply, turn taken, reply started', () => {
    play(
      `
      caller  s--E          s----E
      words   hi            no  wait
      at 19   EndOfTurn BargeIn ReplyEnded TurnTaken ReplyStarted
    `,
      { replies: [long, 'Sure.'], options: { bargeIn: { minDurationMs: 500 } } },
    );
  });

  it('of an end of turn that its draft answers: end, taken, started, heard', () => {
    play(`
      caller  s--e----E
      words   hi
      at 8    EndOfTurn TurnTaken ReplyStarted SpeechStarted
    `);
  });

  it('of a resumed turn: resumed, dropped', () => {
    play(`
      caller  s--e----r--E
      words   hi      you
      at 8    TurnResumed DraftDropped
    `);
  });

  it('of a reply that is cancelled before it is heard: start, end of the reply, and no cut', () => {
    play(`
      caller  s--Es--E
      words   hi  you
      at 4    StartOfTurn ReplyEnded
    `);
  });

  it('of a pause for a turn that is ignored: end, ignored, resumed', () => {
    play(
      `
      caller  s--E          s---E
      words   hi            uh
      at 14   StartOfTurn SpeechPaused
      at 18   EndOfTurn TurnIgnored SpeechResumed
    `,
      { replies: [long], options: { bargeIn: { minWords: 2, resumeAfterMs: 5000 } } },
    );
  });

  it('of the end of a call: end of the reply, closed', () => {
    play(`
      caller  s--E-|
      words   hi
      at 12   ReplyEnded Closed
    `);
  });
});

describe('the ids in a call', () => {
  it('name turns by connection, number typed turns separately, give a draft and its reply one number, and never repeat', () => {
    const { events } = play(
      `
      caller  s--e--E         s---e---X-----s---E
      words   hi              a cab         a cab
      control                                          t
      turns         T                 i         T      T
    `,
      { controls: { t: { text: 'bye' } } },
    );
    const named = events.flatMap((event) =>
      event.type === 'DraftStarted' || event.type === 'ReplyStarted' ? [`${event.type} ${event.turn ?? ''} ${event.reply}`] : [],
    );

    expect(named).toEqual([
      'DraftStarted 0:0 1',
      'ReplyStarted 0:0 1',
      'DraftStarted 0:1 2',
      'ReplyStarted 1:0 3',
      'ReplyStarted text:0 4',
    ]);
  });

  it('give the greeting and each say a reply without a turn', () => {
    const { events } = play(
      `
      control         a
      agent    Hello._ Bye._
    `,
      { options: { greeting: 'Hello.' }, controls: { a: { say: 'Bye.' } } },
    );
    const started = events.filter((event) => event.type === 'ReplyStarted');

    expect(started.map(({ reply }) => reply)).toEqual([1, 2]);
    expect(started.every((event) => !('turn' in event))).toBe(true);
  });

  it('link each event to its cause', () => {
    const { events } = play(
      `
      caller  s--e----r---e---E          s----E
      words   hi      you                no
    `,
      { replies: [long, 'Sure.'] },
    );
    const type = (id: number | undefined) => events.find((event) => event.id === id)?.type;
    const led = Object.fromEntries(events.map((event) => [event.type, type(event.cause)]));

    expect(led).toMatchObject({
      StartOfTurn: undefined,
      DraftStarted: 'EagerEndOfTurn',
      DraftDropped: 'TurnResumed',
      TurnTaken: 'EndOfTurn',
      ReplyStarted: 'TurnTaken',
      BargeIn: 'StartOfTurn',
    });
    expect(events.every(({ id, cause = 0 }) => cause < id)).toBe(true);
  });
});
