import { describe, expect, it } from 'vitest';
import type { AgentEvent, CallEvent, Latency } from '../../operators/events.ts';
import { Figures } from '../../src/cli/figures.ts';
import { plain } from '../../src/cli/colors.ts';

const at = (event: CallEvent): AgentEvent => ({ ...event, id: 1, at: 0 });
const reply = (
  moments: Partial<Latency> & { reply: number },
  more: { text: string; drafted?: boolean; interrupted?: boolean; heardMs?: number; delay?: number },
) => {
  const { text, drafted = false, interrupted = false, heardMs = 800, delay } = more;
  const turn = moments.turn === undefined ? {} : { turn: moments.turn };
  const none = { endOfSpeech: null, eager: null, endOfTurn: null, firstToken: null, firstAudio: null, firstSound: null };
  const words = delay === undefined ? [] : [{ word: text, confidence: 1, from: 0, to: 9000 - delay }];
  const end = { confidence: 0.7, audioEndMs: 9000, transcript: text, words };
  return [
    ...(moments.turn === undefined
      ? []
      : [at({ type: 'EndOfTurn', turn: moments.turn, ...end }), at({ type: 'TurnTaken', turn: moments.turn, text })]),
    at({ type: 'ReplyStarted', reply: moments.reply, drafted, ...turn }),
    ...(interrupted && heardMs > 0 ? [at({ type: 'BargeIn', reply: moments.reply, heardMs })] : []),
    at({ type: 'Latency', ...none, ...moments }),
    at({
      type: 'ReplyEnded',
      reply: moments.reply,
      text: 'Yes.',
      heard: heardMs > 0 ? 'Yes.' : '',
      heardMs,
      audioMs: 800,
      interrupted,
    }),
  ];
};
const figures = (events: readonly AgentEvent[]) => {
  const sum = new Figures();
  for (const event of events) sum.see(event);
  return sum;
};

const call = [
  at({ type: 'DraftStarted', turn: '0:0', reply: 1 }),
  ...reply(
    {
      turn: '0:0',
      reply: 1,
      endOfSpeech: 2226.4,
      eager: 2500,
      endOfTurn: 2760,
      firstToken: 2580,
      firstAudio: 2665,
      firstSound: 2762,
    },
    { text: 'Go forward ten meters.', drafted: true, delay: 480 },
  ),
  at({ type: 'DraftStarted', turn: '0:1', reply: 2 }),
  at({ type: 'DraftDropped', turn: '0:1', reply: 2, reason: 'resumed', tokens: 3, characters: 0 }),
  ...reply(
    { turn: '0:1', reply: 3, endOfTurn: 65_000, firstToken: 65_200, firstAudio: 65_500, firstSound: 65_500 },
    { text: 'He was not an ill disposed young man.', interrupted: true },
  ),
  ...reply({ turn: '0:2', reply: 4, endOfTurn: 70_000 }, { text: 'No', interrupted: true, heardMs: 0 }),
];

describe('Figures', () => {
  it('has a row for each reply, with its moments relative to the end of the turn', () => {
    expect(figures(call).table(plain)).toBe(
      [
        'turn  the caller said           reply             end of         end of  first  first  first',
        '                                                  speech  eager    turn  token  audio  sound',
        '1     Go forward ten meters.    drafted             -480   -260  0:02.8   -180    -95     +2',
        '2     He was not an ill dispo…  asked, cut             -      -  1:05.0   +200   +500   +500',
        '3     No                        asked, cancelled       -      -  1:10.0      -      -      -',
      ].join('\n'),
    );
  });

  it('measures the end of speech on the audio clock, whatever the clock of the call says', () => {
    const moments = { turn: '0:0', reply: 1, endOfSpeech: 4000, endOfTurn: 2500, firstSound: 2600 };
    expect(
      figures(reply(moments, { text: 'Go', delay: 500 }))
        .table(plain)
        .split('\n')[2],
    ).toBe('1     Go               asked    -500      -  0:02.5      -      -   +100');
  });

  it('counts turns, drafts and barge-ins', () => {
    expect(figures(call).summary()).toBe('3 turns, 2 answered · 2 drafts: 1 kept, 1 dropped · 1 barge-in');
    expect(figures([]).summary()).toBe('0 turns, 0 answered · 0 barge-ins');
    expect(figures(call).turns).toBe(3);
  });

  it('prints the cost of drafts, and the usual cost', () => {
    expect(figures(call).drafts()).toBe(
      '4 model calls for 3 replies, 3 tokens and 0 characters of speech in vain. ' +
        'In the field eager drafts cost 50 to 70 % more model calls, and win 100 to 200 ms a turn.',
    );
    expect(figures(reply({ turn: '0:0', reply: 1 }, { text: 'Go' })).drafts()).toBe('');
  });

  it('prints the time that drafts have won', () => {
    const late = (event: CallEvent, ms: number): AgentEvent => ({ ...event, id: 1, at: ms });
    const drafted = [
      late({ type: 'DraftStarted', turn: '0:0', reply: 1 }, 1000),
      late({ type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: true }, 1240),
      late({ type: 'Sentence', reply: 1, text: 'Go.', spoken: 'Go.' }, 1300),
      late({ type: 'SpeechStarted', reply: 1 }, 1400),
      late({ type: 'ReplyEnded', reply: 1, text: '', heard: '', heardMs: 800, audioMs: 800, interrupted: false }, 2400),
    ];

    expect(figures(drafted).drafts()).toMatch(
      /^1 model call for 1 reply, 0 tokens and 0 characters of speech in vain; 240 ms won a turn, on 1 turn\. /,
    );
  });

  it('prints how many drafts were shed to keep a budget', () => {
    const shed = [
      at({ type: 'DraftStarted', turn: '0:0', reply: 1, unspoken: true }),
      at({ type: 'DraftDropped', turn: '0:0', reply: 1, reason: 'resumed', tokens: 3, characters: 0 }),
      at({ type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: false, shed: 2 }),
    ];
    expect(figures(shed).drafts()).toMatch(/of speech in vain; 2 drafts shed, 1 not spoken early\. In the field/);
    expect(figures(shed.slice(2)).drafts()).toMatch(/; 2 drafts shed, 0 not spoken early\. /);
  });

  it('has no table without a reply', () => {
    expect(figures([]).table(plain)).toBe('');
  });
});
