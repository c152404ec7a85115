import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, CallEvent, TurnType } from '../../operators/events.ts';
import { invariants, turnEvent, type CallSettingsConfig, type Violation } from '../../src/testing/index.ts';

type At = CallEvent & { readonly at: number };

/** Numbers what happens in a call, as the agent would. */
const call = (...happenings: (At | readonly At[])[]): AgentEvent[] => happenings.flat().map((one, k) => ({ ...one, id: k + 1 }));

const turn = (at: number, type: TurnType, transcript: string, name = '0:0'): At => ({
  ...turnEvent(type, transcript, name, { audioEndMs: at }),
  at,
});
const taken = (at: number, text: string, turn = '0:0'): At => ({ type: 'TurnTaken', turn, text, at });
const draft = (at: number, reply = 1, turn = '0:0'): At => ({ type: 'DraftStarted', turn, reply, at });
const dropped = (at: number, reply = 1, turn = '0:0'): At => ({
  type: 'DraftDropped',
  turn,
  reply,
  reason: 'resumed',
  tokens: 0,
  characters: 0,
  at,
});
const started = (at: number, reply = 1, turn: string | null = '0:0', drafted = false): At => ({
  type: 'ReplyStarted',
  ...(turn !== null && { turn }),
  reply,
  drafted,
  at,
});
const sentence = (at: number, text: string, reply = 1): At => ({ type: 'Sentence', reply, text, spoken: text.trim(), at });
const sounds = (at: number, reply = 1): At[] => [
  { type: 'AudioStarted', reply, at },
  { type: 'SpeechStarted', reply, at },
];
const heard = (at: number, heardMs: number, text: string, reply = 1): At => ({ type: 'Heard', reply, heardMs, text, at });
/** The moments are those of `answered`. */
const ended = (at: number, text: string, heardMs: number, interrupted = false, reply = 1, eager: number | null = null): At[] => {
  const moments = { endOfSpeech: null, eager, endOfTurn: 200, firstToken: null, firstAudio: 300, firstSound: 300 };
  return [
    { type: 'Latency', reply, ...moments, at },
    { type: 'ReplyEnded', reply, text, heard: text, heardMs, audioMs: 1000, interrupted, at },
  ];
};
const bargeIn = (at: number, reply = 1): At => ({ type: 'BargeIn', reply, heardMs: 1, at });
const closed = (at: number): At => ({ type: 'Closed', at });

/** "Hello." is said; the turn is over at 200, the reply is "Hi there.", of 1 s, and heard from 300 on. */
const hello = [turn(100, 'StartOfTurn', 'hello'), turn(200, 'EndOfTurn', 'Hello.'), taken(200, 'Hello.'), started(200)];
const answered = [...hello, sentence(250, 'Hi there.'), sounds(300)];
const whole = ended(1300, 'Hi there.', 1000);

function found(events: readonly AgentEvent[], told?: CallSettingsConfig): readonly Violation[] {
  const violations: Violation[] = [];
  from(events)
    .pipe(invariants(told))
    .subscribe((violation) => violations.push(violation));
  return violations;
}
const rules = (events: readonly AgentEvent[], told?: CallSettingsConfig) => found(events, told).map(({ rule }) => rule);

describe('invariants', () => {
  it('find no violation in a call that went well', () => {
    expect(found(call(...answered, heard(800, 500, 'Hi'), ...whole, closed(1300)))).toEqual([]);
  });

  it('find no violation in a kept and a dropped draft', () => {
    const kept = call(
      turn(100, 'StartOfTurn', 'hello'),
      turn(150, 'EagerEndOfTurn', 'hello'),
      draft(150),
      turn(170, 'TurnResumed', 'hello you'),
      dropped(170),
      turn(180, 'EagerEndOfTurn', 'hello you'),
      draft(180, 2),
      turn(200, 'EndOfTurn', 'Hello, you!'),
      taken(200, 'Hello, you!'),
      started(200, 2, '0:0', true),
      sentence(250, 'Hi there.', 2),
      sounds(300, 2),
      ended(1300, 'Hi there.', 1000, false, 2, 180),
      closed(1300),
    );

    expect(found(kept)).toEqual([]);
  });

  it('name the events that show a violation', () => {
    const events = call(...hello, draft(250, 2), closed(300));

    expect(found(events)[0]).toEqual({
      rule: 'two',
      at: 250,
      message: 'DraftStarted of reply 2 while reply 1 is alive.',
      events: [4, 5],
    });
  });

  it.each<[rule: string, how: string, events: AgentEvent[], told?: CallSettingsConfig]>([
    ['order', 'an id that is not the next', call(...answered, ...whole).toSpliced(2, 1)],
    ['order', 'time that goes back', call(turn(100, 'StartOfTurn', 'hi'), turn(90, 'Update', 'hi'))],
    ['order', 'a turn inside another', call(turn(100, 'StartOfTurn', 'hi'), turn(200, 'StartOfTurn', 'no', '0:1'))],
    ['order', 'an end that comes twice', call(...hello, turn(250, 'EndOfTurn', 'Hello.'))],
    ['order', 'an end without words', call(turn(100, 'StartOfTurn', 'hi'), turn(200, 'EndOfTurn', ''))],
    ['order', 'a turn that is taken before it is over', call(turn(100, 'StartOfTurn', 'hi'), taken(200, 'hi'))],
    [
      'order',
      'a turn that resumes though nobody took it to be over',
      call(turn(1, 'StartOfTurn', 'hi'), turn(2, 'TurnResumed', 'hi')),
    ],
    ['order', 'something after the end', call(closed(100), turn(200, 'StartOfTurn', 'hi'))],
    ['unsettled', 'a reply to a turn that was not taken', call(...hello.slice(0, 2), started(200))],
    [
      'unsettled',
      'a draft that is heard',
      call(turn(1, 'StartOfTurn', 'hi'), turn(2, 'EagerEndOfTurn', 'hi'), draft(2), sounds(3)),
    ],
    [
      'late',
      'a token of a draft that was dropped',
      call(turn(1, 'StartOfTurn', 'a'), turn(2, 'EagerEndOfTurn', 'a'), draft(2), dropped(3), {
        type: 'Token',
        reply: 1,
        text: 'x',
        at: 4,
      }),
    ],
    ['late', 'sound of a reply that has ended', call(...answered, ...whole, sounds(1400))],
    ['late', 'anything after it was hung up', call(...answered), { controls: [{ at: 220, hangUp: true }] }],
    ['two', 'two replies', call(...hello, started(250, 2))],
    ['draft', 'a draft of a turn that goes on', call(turn(1, 'StartOfTurn', 'hi'), draft(2))],
    [
      'resumed',
      'a draft that outlives its turn',
      call(turn(1, 'StartOfTurn', 'a'), turn(2, 'EagerEndOfTurn', 'a'), draft(2), turn(3, 'TurnResumed', 'a b'), dropped(4)),
    ],
    [
      'wasted',
      'a draft that is dropped though it fits',
      call(turn(1, 'StartOfTurn', 'a'), turn(2, 'EagerEndOfTurn', 'a'), draft(2), turn(3, 'EndOfTurn', 'A.'), dropped(3)),
    ],
    [
      'words',
      'a draft that is used though it does not',
      call(
        turn(1, 'StartOfTurn', 'a'),
        turn(2, 'EagerEndOfTurn', 'a'),
        draft(2),
        turn(3, 'EndOfTurn', 'b'),
        taken(3, 'b'),
        started(3, 1, '0:0', true),
      ),
    ],
    ['unanswered', 'a turn of which nothing comes', call(...hello.slice(0, 2), closed(900))],
    ['unanswered', 'a reply that was cancelled and not asked for anew', call(...hello, ended(300, '', 0, true), closed(900))],
    ['twice', 'a second reply to a turn that was answered', call(...answered, ...whole, started(1400, 2))],
    ['unended', 'a reply without an end', call(...answered, closed(900))],
    [
      'cut',
      'too few words that cut',
      call(...answered, turn(600, 'StartOfTurn', 'no', '0:1'), bargeIn(600), ended(600, 'Hi', 300, true)),
      { options: { bargeIn: { minWords: 2 } } },
    ],
    ['cut', 'a cut that nobody made', call(...answered, bargeIn(600), ended(600, 'Hi', 300, true))],
    [
      'cut',
      'a cut of what is protected',
      call(started(0, 1, null), sounds(9), turn(99, 'StartOfTurn', 'no'), bargeIn(99), ended(99, '', 90, true)),
      { options: { greeting: { text: 'Hi.', protect: true } } },
    ],
    ['uncut', 'words enough that do not cut', call(...answered, turn(600, 'StartOfTurn', 'no', '0:1'), heard(700, 400, 'Hi'))],
    [
      'uncut',
      'a stop word that does not cut',
      call(...answered, turn(600, 'StartOfTurn', 'stop it', '0:1'), heard(700, 400, 'Hi')),
      { options: { bargeIn: { minWords: 5, stopWords: ['Stop'] } } },
    ],
    [
      'resumed-closing',
      'speech that goes on while the call closes',
      call(
        ...answered,
        { type: 'SpeechPaused', reply: 1, heardMs: 200, text: '', at: 500 },
        { type: 'SpeechResumed', reply: 1, at: 600 },
      ),
      { endAt: 550 },
    ],
    [
      'unsaid',
      'something that it was told to say and did not',
      call(...answered, ...whole, closed(1300)),
      { controls: [{ at: 500, say: 'One moment.' }], endAt: 1000 },
    ],
    ['latency', 'a moment that was not', call(...answered, { ...whole[0]!, firstSound: 999 } as At, whole[1]!)],
    ['heard', 'words that were not said', call(...answered, heard(800, 500, 'Hello'))],
    ['heard', 'a part of a word', call(...answered, heard(800, 500, 'Hi the'))],
    ['heard', 'less than before', call(...answered, heard(800, 500, 'Hi'), heard(900, 600, ''))],
    ['heard', 'more than there was time for', call(...answered, heard(400, 500, 'Hi'))],
    ['heard', 'words without sound', call(...answered, ended(300, 'Hi', 0, true))],
    ['heard', 'not all, though nobody interrupted', call(...answered, ended(1300, 'Hi', 1000))],
  ])('%s: %s', (rule, _, events, told) => {
    expect(rules(events, told)).toContain(rule);
  });

  it('allow what the policy allows', () => {
    const told: CallSettingsConfig = { options: { bargeIn: { minWords: 3, stopWords: ['stop'], backchannels: ['uh huh'] } } };
    const over = (...events: (At | At[])[]) => rules(call(...answered, ...events), told);
    const cut = [bargeIn(600), ended(600, 'Hi', 300, true)].flat();

    expect(over(turn(600, 'StartOfTurn', 'no', '0:1'), heard(700, 400, 'Hi'))).toEqual([]);
    expect(over(turn(600, 'StartOfTurn', 'uh huh uh huh', '0:1'), heard(700, 400, 'Hi'))).toEqual([]);
    expect(over(turn(600, 'StartOfTurn', 'no not that', '0:1'), ...cut)).toEqual([]);
    expect(over(turn(600, 'StartOfTurn', 'stop', '0:1'), ...cut)).toEqual([]);
  });

  it('do not check the policy in the millisecond in which it changes', () => {
    const told: CallSettingsConfig = { controls: [{ at: 600, set: { bargeIn: { minWords: 2 } } }] };

    expect(rules(call(...answered, turn(600, 'StartOfTurn', 'no', '0:1'), heard(700, 400, 'Hi')), told)).toEqual([]);
    expect(
      rules(call(...answered, turn(600, 'StartOfTurn', 'no', '0:1'), bargeIn(600), ended(600, 'Hi', 300, true)), told),
    ).toEqual([]);
  });
});
