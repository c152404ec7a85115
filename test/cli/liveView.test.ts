import pc from 'picocolors';
import { from, toArray } from 'rxjs';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, CallEvent } from '../../operators/events.ts';
import { plain } from '../../src/cli/colors.ts';
import { liveView, type Shown, type LiveViewConfig } from '../../src/cli/liveView.ts';
import { marbles } from '../withMarbles.ts';
import { turnEvent } from '../../src/testing/turns.ts';

const at = (ms: number, event: CallEvent): AgentEvent => ({ ...event, id: 1, at: ms });
const wide: LiveViewConfig = { colors: plain, width: () => Infinity, totalMs: 31_600 };

/** What stays on the terminal, and what stood on the live line after each event. */
function shown(events: readonly AgentEvent[], config: Partial<LiveViewConfig> = {}): { lines: string[]; live: string[] } {
  let all: Shown[] = [];
  from(events)
    .pipe(liveView({ ...wide, ...config }), toArray())
    .subscribe((each) => (all = each));
  const texts = (type: Shown['type']) => all.filter((each) => each.type === type).map(({ text }) => text);
  return { lines: texts('line'), live: texts('live') };
}

const cost = { tokens: 6, characters: 1 };
const call: readonly AgentEvent[] = [
  at(120, { type: 'Connected', requestId: '7a-b' }),
  at(900, turnEvent('StartOfTurn', 'Go', '0:0', { confidence: 0.05 })),
  at(1100, turnEvent('Update', 'Go for')),
  at(1600, turnEvent('EagerEndOfTurn', 'Go forward.', '0:0', { confidence: 0.414 })),
  at(1600, { type: 'DraftStarted', turn: '0:0', reply: 1 }),
  at(1700, { type: 'Token', reply: 1, text: 'Going' }),
  at(1900, turnEvent('TurnResumed', 'Go forward ten', '0:0', { confidence: 0.1 })),
  at(1900, { type: 'DraftDropped', turn: '0:0', reply: 1, reason: 'resumed', ...cost }),
  at(2500, turnEvent('EagerEndOfTurn', 'Go forward ten meters.', '0:0', { confidence: 0.4 })),
  at(2500, { type: 'DraftStarted', turn: '0:0', reply: 2 }),
  at(2760, turnEvent('EndOfTurn', 'Go forward ten meters.', '0:0', { confidence: 0.7 })),
  at(2760, { type: 'TurnTaken', turn: '0:0', text: 'Go forward ten meters.' }),
  at(2760, { type: 'ReplyStarted', turn: '0:0', reply: 2, drafted: true }),
  at(2800, { type: 'SpeechStarted', reply: 2 }),
  at(2900, { type: 'Heard', reply: 2, heardMs: 100, text: 'Going' }),
  at(4000, turnEvent('StartOfTurn', 'No', '0:1', { confidence: 0.05 })),
  at(4000, { type: 'BargeIn', reply: 2, heardMs: 1250 }),
  at(4000, {
    type: 'ReplyEnded',
    reply: 2,
    text: 'Going forward ten meters.',
    heard: 'Going forward',
    heardMs: 1250,
    audioMs: 2000,
    interrupted: true,
  }),
];

describe('liveView', () => {
  it('prints the call in rows with aligned columns', () => {
    expect(shown(call).lines).toStrictEqual([
      ' 0:00.1  connected                request 7a-b',
      ' 0:00.9  turn starts        0.05  Go',
      ' 0:01.6  turn may be over   0.41  Go forward.',
      ' 0:01.6  draft 1 started          in case the turn is over',
      ' 0:01.9  turn goes on       0.10  Go forward ten',
      ' 0:01.9  draft 1 dropped          the caller went on; it had cost 6 tokens, 1 character of speech',
      ' 0:02.5  turn may be over   0.40  Go forward ten meters.',
      ' 0:02.5  draft 2 started          in case the turn is over',
      ' 0:02.8  TURN IS OVER       0.70  Go forward ten meters.',
      ' 0:02.8  draft 2 kept             it is the reply',
      ' 0:02.8  agent speaks             reply 2, 40 ms after the end of the turn',
      ' 0:04.0  turn starts        0.05  No',
      ' 0:04.0  BARGE-IN                 the caller interrupts reply 2 after 1.3 s',
      ' 0:04.0  agent said               Going forward -- (unheard: ten meters.)',
    ]);
  });

  it('shows on the live line who is speaking, the words, and the time', () => {
    expect(shown(call).live).toStrictEqual([
      ' 0:00.1 / 0:31.6  listening',
      ' 0:00.9 / 0:31.6  caller  Go',
      ' 0:01.1 / 0:31.6  caller  Go for',
      ' 0:01.6 / 0:31.6  caller  Go forward.',
      ' 0:01.6 / 0:31.6  caller  Go forward.',
      ' 0:01.7 / 0:31.6  caller  Go forward.',
      ' 0:01.9 / 0:31.6  caller  Go forward ten',
      ' 0:01.9 / 0:31.6  caller  Go forward ten',
      ' 0:02.5 / 0:31.6  caller  Go forward ten meters.',
      ' 0:02.5 / 0:31.6  caller  Go forward ten meters.',
      ' 0:02.8 / 0:31.6  thinking',
      ' 0:02.8 / 0:31.6  thinking',
      ' 0:02.8 / 0:31.6  thinking',
      ' 0:02.8 / 0:31.6  agent',
      ' 0:02.9 / 0:31.6  agent  Going',
      ' 0:04.0 / 0:31.6  caller  No',
      ' 0:04.0 / 0:31.6  caller  No',
      ' 0:04.0 / 0:31.6  caller  No',
    ]);
  });

  it('prints how a reply ended', () => {
    const reply = { type: 'ReplyEnded', reply: 1, text: 'It is three.', heardMs: 500, audioMs: 500, interrupted: false } as const;
    const { lines } = shown([
      at(0, { type: 'ReplyStarted', turn: '0:0', reply: 1, drafted: false }),
      at(0, { ...reply, heard: 'It is three.' }),
      at(0, { ...reply, heard: '', heardMs: 0, interrupted: true }),
      at(0, { ...reply, heard: '', heardMs: 0 }),
      at(0, { ...reply, text: '', heard: '', heardMs: 0 }),
    ]);
    expect(lines).toStrictEqual([
      ' 0:00.0  reply 1 started',
      ' 0:00.0  agent said               It is three.',
      ' 0:00.0  reply cancelled          before any of it was heard',
      ' 0:00.0  agent, unheard           It is three.',
      ' 0:00.0  agent, unheard           (nothing)',
    ]);
  });

  it('prints failures, warnings and other exceptions', () => {
    const { lines } = shown([
      at(0, { type: 'Failure', stage: 'think', code: 'busy', message: 'The model is busy.', recovered: true }),
      at(0, { type: 'Failure', stage: 'listen', code: 'closed', message: 'Deepgram closed.', recovered: false }),
      at(0, { type: 'Warning', stage: 'listen', code: 'x', message: 'Odd.' }),
      at(0, { type: 'Reconnected', gapMs: 320, droppedMs: 0 }),
      at(0, { type: 'TurnLost', turn: '0:0' }),
      at(0, { type: 'TurnIgnored', turn: '0:0', reason: 'empty' }),
      at(65_040, { type: 'SpeechPaused', reply: 1, heardMs: 0, text: '' }),
      at(600_000, { type: 'SpeechResumed', reply: 1 }),
      at(600_000, { type: 'Idle' }),
      at(600_000, { type: 'Closed' }),
    ]);
    expect(lines).toStrictEqual([
      ' 0:00.0  FAILURE                  think: The model is busy. The call goes on.',
      ' 0:00.0  FAILURE                  listen: Deepgram closed.',
      ' 0:00.0  warning                  listen: Odd.',
      ' 0:00.0  reconnected              after 320 ms, 0 ms of audio lost',
      ' 0:00.0  turn lost                the connection broke; its audio is sent again',
      ' 0:00.0  turn ignored             it had no words',
      ' 1:05.0  agent pauses',
      '10:00.0  agent goes on',
      '10:00.0  silence                  nobody has spoken for a while',
    ]);
  });

  it('truncates the live line at its start, and breaks rows under their column', () => {
    const words = 'Had he married a more amiable woman, he might have been made still more respectable than he was.';
    const { lines, live } = shown([at(900, turnEvent('EndOfTurn', words)), at(1000, turnEvent('Update', words))], {
      width: () => 60,
    });
    expect(lines).toStrictEqual([
      ' 0:00.9  TURN IS OVER       0.50  Had he married a more',
      '                                  amiable woman, he might',
      '                                  have been made still more',
      '                                  respectable than he was.',
    ]);
    expect(live.at(-1)).toBe(' 0:01.0 / 0:31.6  caller  …ll more respectable than he was.');
    expect(stringWidth(live.at(-1)!)).toBeLessThan(60);
  });

  it('counts columns as the terminal does', () => {
    const { live } = shown([at(0, turnEvent('Update', '你好世界你好世界你好世界你好世界'))], { width: () => 40 });
    expect(stringWidth(live[0]!)).toBeLessThan(40);
    expect(live[0]).toContain('世界');
  });

  it('works on a terminal that is too narrow for words', () => {
    expect(shown([at(0, turnEvent('Update', 'Go'))], { width: () => 10 }).live).toStrictEqual([' 0:00.0 /']);
  });

  it('prints no control characters of a transcript', () => {
    const evil = 'a\u001b[2Jb\u0007c\u009b31md';
    const { lines, live } = shown([at(0, turnEvent('EndOfTurn', evil)), at(0, turnEvent('Update', evil))]);
    // eslint-disable-next-line no-control-regex -- these are what must not come through
    expect([...lines, ...live].filter((line) => /[\u0000-\u001f\u007f-\u009f]/.test(line))).toStrictEqual([]);
  });

  it('prints the same text with and without colors', () => {
    const painted = shown(call, { colors: pc.createColors(true) });
    // eslint-disable-next-line no-control-regex -- colours are control sequences
    const bare = (lines: readonly string[]) => lines.map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd());
    expect(painted.lines.join('')).toContain('\u001b[');
    expect(bare(painted.lines)).toStrictEqual(shown(call).lines);
    expect(bare(painted.live)).toStrictEqual(shown(call).live);
  });

  it(
    'emits as events happen, and completes with them',
    marbles((m) => {
      const source = m.hot('   -s-----u-|', { s: call[1]!, u: call[2]! });
      const sourceSubs = '     ^--------!';
      const expected = '       -(lv)--w-|';

      m.expect(source.pipe(liveView(wide))).toBeObservable(expected, {
        l: { type: 'line', text: ' 0:00.9  turn starts        0.05  Go' },
        v: { type: 'live', text: ' 0:00.9 / 0:31.6  caller  Go' },
        w: { type: 'live', text: ' 0:01.1 / 0:31.6  caller  Go for' },
      });
      m.expect(source).toHaveSubscriptions(sourceSubs);
    }),
  );

  it(
    'passes an error on, completes with an empty source, and unsubscribes when it is unsubscribed',
    marbles((m) => {
      m.expect(m.cold('--#').pipe(liveView(wide))).toBeObservable('--#');
      m.expect(m.cold('|').pipe(liveView(wide))).toBeObservable('|');
      const source = m.hot('-----');
      m.expect(source.pipe(liveView(wide)), '^--!').toBeObservable('-----');
      m.expect(source).toHaveSubscriptions('^--!');
    }),
  );
});
