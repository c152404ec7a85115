import { describe, expect, it } from 'vitest';
import {
  TurnMessages,
  type AudioMoment,
  type TurnMessage,
  type TurnSettings,
  type TurnWord,
} from '../../src/local/turnMessages.ts';

const defaults: TurnSettings = { eot_threshold: 0.7, eot_timeout_ms: 5000 };
const eager: TurnSettings = { ...defaults, eager_eot_threshold: 0.4 };

function words(text: string): TurnWord[] {
  return text.split(' ').map((word) => ({ word, confidence: 0.95, start: 0, end: 1 }));
}

/** Voice (`v`), silence (`.`) and words read at that moment, one step of 50 ms each; what was output, at which ms of audio. */
function messagesAt(turns: TurnMessages, steps: readonly string[], from = 0): string[] {
  let silenceMs = 0;
  return steps.flatMap((step, index) => {
    silenceMs = step === '.' ? silenceMs + 50 : 0;
    const at = from + (index + 1) * 50;
    const moment: AudioMoment = { at, silenceMs, ...(step !== '.' && step !== 'v' && { words: words(step) }) };
    return turns.advance(moment).map((info) => line(info));
  });
}

function line({ audio_window_end, event, turn_index, transcript, trigger }: TurnMessage): string {
  return `${(audio_window_end * 1000).toFixed()} ${event} ${turn_index} "${transcript}"${trigger === undefined ? '' : ` ${trigger}`}`;
}

const times = <T>(count: number, step: T): T[] => Array.from({ length: count }, () => step);
const silent = (ms: number) => times(ms / 50, '.');
const voice = (ms: number) => times(ms / 50, 'v');

describe('TurnMessages', () => {
  it('sends an empty Update each quarter of a second while nobody speaks', () => {
    expect(messagesAt(new TurnMessages(eager), silent(800))).toEqual(['250 Update 0 ""', '500 Update 0 ""', '750 Update 0 ""']);
  });

  it('starts a turn with its first words, not with voice', () => {
    expect(messagesAt(new TurnMessages(eager), [...voice(350), 'Hello', ...voice(200)])).toEqual([
      '250 Update 0 ""',
      '400 StartOfTurn 0 "Hello"',
      // the slot from 250 to 500 was taken
    ]);
  });

  it('drafts the end, then ends with the same words', () => {
    const turns = new TurnMessages(eager);
    expect(messagesAt(turns, [...voice(250), 'Hello', 'Hello there.', ...silent(900)])).toEqual([
      '250 Update 0 ""',
      '300 StartOfTurn 0 "Hello"',
      '650 EagerEndOfTurn 0 "Hello there."', // 0.4 after 251 ms
      '1000 Update 0 "Hello there."',
      '1100 EndOfTurn 0 "Hello there." model', // 0.7 after 731 ms
    ]);
  });

  it('moves on to the next turn, whose window starts where the last one ended', () => {
    const turns = new TurnMessages(defaults);
    messagesAt(turns, ['Hello.', ...silent(750)]);
    turns.advance({ at: 1000, silenceMs: 950 }); // its slot was taken by the end
    const [update] = turns.advance({ at: 1250, silenceMs: 1200 });
    expect(update).toMatchObject({ event: 'Update', turn_index: 1, transcript: '', words: [], audio_window_start: 0.8 });
  });

  it('sends no eager end without an eager threshold', () => {
    expect(messagesAt(new TurnMessages(defaults), ['Hello.', ...silent(750)]).filter((it) => it.includes('Eager'))).toEqual([]);
  });

  it('resumes with the changed words, before anything else', () => {
    const events = messagesAt(new TurnMessages(eager), ['Go.', ...silent(300), 'v', 'Go on.', ...silent(750)]);
    expect(events.filter((it) => !it.includes('Update'))).toEqual([
      '50 StartOfTurn 0 "Go."',
      '350 EagerEndOfTurn 0 "Go."',
      '450 TurnResumed 0 "Go on."',
      '750 EagerEndOfTurn 0 "Go on."',
      '1200 EndOfTurn 0 "Go on." model',
    ]);
  });

  it('resumes when voice goes on for half a second, even without a new word', () => {
    const events = messagesAt(new TurnMessages(eager), ['Go.', ...silent(300), ...voice(600)]);
    expect(events.filter((it) => !it.includes('Update'))).toEqual([
      '50 StartOfTurn 0 "Go."',
      '350 EagerEndOfTurn 0 "Go."',
      '900 TurnResumed 0 "Go."',
    ]);
  });

  it('keeps the draft during a short noise without words, and counts the silence from there', () => {
    const events = messagesAt(new TurnMessages(eager), ['Go.', ...silent(300), ...voice(100), 'Go.', ...silent(750)]);
    expect(events.filter((it) => !it.includes('Update'))).toEqual([
      '50 StartOfTurn 0 "Go."',
      '350 EagerEndOfTurn 0 "Go."',
      '1250 EndOfTurn 0 "Go." model',
    ]);
  });

  it('ends by timeout when the confidence is not reached', () => {
    const turns = new TurnMessages({ eot_threshold: 0.9, eot_timeout_ms: 500 });
    expect(messagesAt(turns, ['Go.', ...silent(600)]).filter((it) => it.includes('End'))).toEqual([
      '550 EndOfTurn 0 "Go." timeout',
    ]);
  });

  it('reports the low confidence of an end by timeout', () => {
    const turns = new TurnMessages({ eot_threshold: 0.9, eot_timeout_ms: 500 });
    turns.advance({ at: 50, silenceMs: 0, words: words('Go.') });
    // 1 - exp(-(500 / 580) ^ 0.8)
    expect(turns.advance({ at: 550, silenceMs: 500 })[0]?.end_of_turn_confidence).toBe(0.589);
  });

  it('never ends by itself at threshold 1', () => {
    const turns = new TurnMessages({ eot_threshold: 1, eot_timeout_ms: 60_000 });
    expect(messagesAt(turns, ['Go.', ...silent(59_000)]).filter((it) => it.includes('End'))).toEqual([]);
  });

  it('ends without an eager end when both thresholds are equal', () => {
    const turns = new TurnMessages({ ...defaults, eager_eot_threshold: 0.7 });
    expect(messagesAt(turns, ['Go.', ...silent(750)]).filter((it) => it.includes('End'))).toEqual([
      '800 EndOfTurn 0 "Go." model',
    ]);
  });

  it('ends with the words so far when forced', () => {
    const turns = new TurnMessages(eager);
    messagesAt(turns, ['Go', 'v']);
    expect(line(turns.forceEnd() as TurnMessage)).toBe('100 EndOfTurn 0 "Go" manual');
    expect(turns.open).toBe(false);
  });

  it('ends without resuming when forced after an eager end', () => {
    const turns = new TurnMessages(eager);
    messagesAt(turns, ['Go.', ...silent(300)]);
    expect(line(turns.forceEnd() as TurnMessage)).toBe('350 EndOfTurn 0 "Go." manual');
  });

  it('warns when there is no turn to end', () => {
    expect(new TurnMessages(eager).forceEnd()).toMatchObject({ type: 'Warning', code: 'FORCE_END_TURN_NO_ACTIVE_TURN' });
  });

  it('uses new settings from the next moment on', () => {
    const turns = new TurnMessages({ eot_threshold: 1, eot_timeout_ms: 60_000 });
    messagesAt(turns, ['Go.', ...silent(1000)]);
    turns.configure(defaults);
    expect(turns.advance({ at: 1100, silenceMs: 1050 }).map(line)).toEqual(['1100 EndOfTurn 0 "Go." model']);
  });

  it('sends the state of the open turn when the audio is over, and leaves it open', () => {
    const turns = new TurnMessages(eager);
    messagesAt(turns, ['Go', 'v']);
    expect(turns.finish(words('Go on')).map(line)).toEqual(['100 Update 0 "Go on"']);
    expect(turns.open).toBe(true);
  });

  it('sends nothing at the end of the audio when no turn is open', () => {
    expect(new TurnMessages(eager).finish()).toEqual([]);
  });

  it('carries words on every message that has a transcript, and a trigger only on the end', () => {
    const turns = new TurnMessages(defaults);
    const all = [
      ...turns.advance({ at: 50, silenceMs: 0, words: words('Go on.') }),
      ...turns.advance({ at: 900, silenceMs: 850 }),
    ];
    expect(all).toStrictEqual([
      {
        type: 'TurnInfo',
        event: 'StartOfTurn',
        turn_index: 0,
        audio_window_start: 0,
        audio_window_end: 0.05,
        transcript: 'Go on.',
        words: words('Go on.'),
        end_of_turn_confidence: 0.05,
      },
      {
        type: 'TurnInfo',
        event: 'EndOfTurn',
        turn_index: 0,
        audio_window_start: 0,
        audio_window_end: 0.9,
        transcript: 'Go on.',
        words: words('Go on.'),
        end_of_turn_confidence: 0.743, // 1 - exp(-(850 / 580) ^ 0.8)
        trigger: 'model',
      },
    ]);
  });
});
