import { Subject } from 'rxjs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, AudioChunk, Message, Thought } from '../../../operators/events.ts';
import { record, type RecordConfig, type Sink } from '../../../src/record/file/record.ts';
import type { Frame } from '../../../src/wire/wire.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const chunk: AudioChunk = { data: new Uint8Array(2), encoding: 'linear16', sampleRateHz: 16_000, channels: 1 };
const said = 'A sentence of the usual length, said on the telephone.';
const update = (turn: number): string =>
  JSON.stringify({ type: 'TurnInfo', event: 'Update', turn_index: turn, transcript: said });

/** A call by hand. Calls `out` with everything that leaves the taps. */
function callOf(sink: Sink, config: RecordConfig = {}, out: (what: string) => void = () => undefined) {
  const recording = record(sink, config);
  const caller = new Subject<AudioChunk>();
  const events = new Subject<AgentEvent>();
  const toFlux = new Subject<Frame>();
  const fromFlux = new Subject<Frame>();
  const thoughts = new Subject<Thought>();

  const agent = recording.call((source) => {
    source.subscribe(() => out('caller'));
    return events;
  });
  const wire = recording.wire('listen')((frames) => {
    frames.subscribe(() => out('sent'));
    return fromFlux;
  });
  const think = recording.think(() => thoughts);
  caller.pipe(agent).subscribe(() => out('event'));
  toFlux.pipe(wire).subscribe(() => out('got'));
  const ask = (messages: readonly Message[]) => think(messages).subscribe(() => out('token'));
  return { recording, caller, events, toFlux, fromFlux, thoughts, ask };
}

type Call = ReturnType<typeof callOf>;

/** So many seconds of a call: audio in pieces of 80 ms, four messages of Flux a second, a reply every four seconds. */
function play({ recording, caller, events, toFlux, fromFlux, thoughts, ask }: Call, from: number, seconds: number): void {
  for (let second = from; second < from + seconds; second++) {
    for (let n = 0; n < 12; n++) {
      const heard = { ...chunk, data: new Uint8Array(2560) };
      caller.next(heard);
      toFlux.next(heard.data);
      recording.heard(heard, 16_000 * second + 1280 * n);
    }
    for (let n = 0; n < 4; n++) {
      fromFlux.next(update(second));
      events.next({ type: 'Heard', id: 4 * second + n, at: 1000 * second, reply: second, heardMs: 250 * n, text: said });
    }
    if (second % 4 === 0) {
      const messages = Array.from({ length: 20 }, (_, at): Message => ({ role: 'user', content: `${second + at} ${said}` }));
      const asked = ask(messages);
      for (const word of said.split(' ')) thoughts.next({ type: 'Token', text: ` ${word}` });
      asked.unsubscribe();
    }
  }
}

const hour = 3600;

describe('record', () => {
  it('passes each line to the sink before its event goes on, and queues nothing', () => {
    let newest: string | undefined;
    const out: unknown[] = [];
    const sink = (line: string) => (newest = Object.keys(JSON.parse(line) as object)[1]);
    const call = callOf(sink, {}, (what) => out.push([what, newest]));
    call.ask([]);
    call.caller.next(chunk);
    call.events.next({ type: 'Idle', id: 1, at: 0 });
    call.toFlux.next('{}');
    call.fromFlux.next('{}');
    call.thoughts.next({ type: 'Token', text: 'a' });

    expect(out).toStrictEqual(['caller', 'event', 'sent', 'got', 'token'].map((what) => [what, what]));
  });

  it.each<[string, RecordConfig]>([
    ['', {}],
    [' with keys', { options: { listen: { apiKey: 'sk-0123456789' } } }],
  ])('holds after three hours of a call%s what it held after one', (_, config) => {
    let lines = 0;
    const call = callOf(() => lines++, config);
    play(call, 0, hour);
    collect();
    const [before, written] = [process.memoryUsage().heapUsed, lines];
    play(call, hour, 2 * hour);
    collect();
    const grown = process.memoryUsage().heapUsed - before;

    expect(lines - written).toBeGreaterThan(300_000);
    expect(grown).toBeLessThan(1 << 19); // of a number a line it were 2.4 MB
  });

  it('stores nothing once the sink has failed', () => {
    let lines = 0;
    const call = callOf(() => {
      if (lines++ > 1000) throw new Error('The disk is full.');
    });
    play(call, 0, hour);
    collect();
    const before = process.memoryUsage().heapUsed;
    play(call, hour, 2 * hour);
    collect();

    expect(lines).toBe(1002);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1 << 19);
  });
});
