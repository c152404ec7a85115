import { timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { ReplyPause } from '../../../operators/turns/replyPause.ts';

/** Runs each step at its time in virtual time. Returns what the pause called, and when. */
function calls(steps: Readonly<Record<number, (pause: ReplyPause, onTimeout: () => void) => void>>): readonly string[] {
  const list: string[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    const call = (name: string) => () => void list.push(`${scheduler.now()} ${name}`);
    const pause = new ReplyPause(call('pause'), call('resume'));
    for (const [ms, step] of Object.entries(steps)) timer(Number(ms)).subscribe(() => step(pause, call('timeout')));
  });
  return list;
}

describe('ReplyPause', () => {
  it('pauses once, and resumes once', () => {
    expect(
      calls({
        1: (pause) => pause.pause(),
        2: (pause) => pause.pause(),
        3: (pause) => pause.resume(),
        4: (pause) => pause.resume(),
      }),
    ).toEqual(['1 pause', '3 resume']);
  });

  it('calls back when its time is over', () => {
    expect(calls({ 1: (pause, onTimeout) => pause.pauseFor(10, onTimeout) })).toEqual(['1 pause', '11 timeout']);
  });

  it('has no timeout once it is resumed', () => {
    expect(calls({ 1: (pause, onTimeout) => pause.pauseFor(10, onTimeout), 5: (pause) => pause.resume() })).toEqual([
      '1 pause',
      '5 resume',
    ]);
  });

  it('has no timeout and does not resume once the reply has ended', () => {
    expect(
      calls({
        1: (pause, onTimeout) => pause.pauseFor(10, onTimeout),
        5: (pause) => pause.end(),
        6: (pause) => pause.resume(),
      }),
    ).toEqual(['1 pause']);
  });

  it('keeps a pause without a timeout when a second one would have one', () => {
    expect(calls({ 1: (pause) => pause.pause(), 2: (pause, onTimeout) => pause.pauseFor(10, onTimeout) })).toEqual(['1 pause']);
  });
});
