import { beforeAll, describe, expect, it } from 'vitest';
import { start } from '../cli/sluiceProcess.ts';
import type { LongCall } from './longCall.ts';

/** Compiled code is thrown away and made anew as a call goes on, which is no matter of the call: without it. */
const steady = ['--no-opt', '--no-flush-bytecode'];

/** An object of two or three fields and its place in a list. */
const bytesOfMessage = 48;

describe('a call of 85 minutes, of 1000 turns of every kind and 64 lost connections,', { timeout: 120_000 }, () => {
  let call: LongCall;

  beforeAll(async () => {
    const program = new URL('longCall.ts', import.meta.url).pathname;
    const args = [...steady, '--import', import.meta.resolve('tsx'), program];
    const { code, stdout, stderr } = await start(process.execPath, args, { cwd: import.meta.dirname, after: () => undefined })
      .ends;
    if (code !== 0) throw new Error(stderr);
    call = JSON.parse(stdout) as LongCall;
  }, 120_000);

  it('contains every kind of event', () => {
    const { events } = call;

    // 64 times over: ten stretches with 16 turns, one of them lost and heard again.
    expect(events).toMatchObject({
      StartOfTurn: 64 * 16,
      DraftStarted: 64 * 5,
      'DraftDropped resumed': 64,
      'DraftDropped changed': 64,
      BargeIn: 64,
      SpeechPaused: 64 * 3,
      SpeechResumed: 64 * 2,
      'TurnIgnored minWords': 64 * 2,
      'TurnIgnored lost': 64,
      Reconnected: 64,
      Configured: 64 * 2, // the next connection is told of it too
      Failure: 64 * 5,
      Closed: 1,
    });
    expect(events['Idle']).toBeGreaterThan(64);
  });

  it('has no more subscriptions alive after 1008 turns than after 16', () => {
    const [early, ...later] = call.subscriptions;

    expect(early).toBeGreaterThan(50);
    expect(later).toEqual([early, early]);
  });

  it('has no more timers set after 1008 turns than after 16', () => {
    const [early, ...later] = call.scheduled;

    expect(early).toBeGreaterThan(0);
    expect(later).toEqual([early, early]);
  });

  it('takes no more memory after 1008 turns than after 96, except for its history', () => {
    const [, before = 0, after = 0] = call.heap;
    const [, some = 0, all = 0] = call.messages;
    const grown = after - before - (all - some) * bytesOfMessage;

    expect(all).toBeGreaterThan(1500);
    expect(grown / before).toBeLessThan(0.05);
    expect(grown / (1008 - 96)).toBeLessThan(64); // bytes a turn
  });
});
