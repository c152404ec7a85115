import { map, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { flux, replyMap, sentences, type AudioChunk, type Thought } from 'sluice';
import { parseScenario, simulate, turns } from 'sluice/testing';
import eager from '../../fixtures/calls/eager.json' with { type: 'json' };

const token = (text: string): Thought => ({ type: 'Token', text });

const thoughts = { a: token('Sure'), b: token('!'), c: token(' For how'), d: token(' many'), e: token('?'), f: token(' Or') };

const texts = { x: 'Sure!', y: ' For how many?', z: ' Or' };

/** Runs two marble tests. Returns each pair of what was emitted and what the diagram expects. */
export function marbleTests(): { readonly actual: unknown; readonly expected: unknown }[] {
  const compared: { readonly actual: unknown; readonly expected: unknown }[] = [];
  const scheduler = new TestScheduler((actual, expected) => void compared.push({ actual, expected }));
  scheduler.run((m) => {
    const source = m.hot('  -s--e----r---e--E------|', turns);
    const reply = m.cold('      --a-b-c-d|          ');
    const expected = '      ------a-b------a-b-c-d-|';
    m.expectObservable(source.pipe(replyMap(() => reply))).toBe(expected);

    const tokens = m.cold(' -a-b-c-d-e-f|', thoughts);
    const cut = '           ---x-----y--(z|)';
    m.expectObservable(
      tokens.pipe(
        sentences(),
        map(({ text }) => text),
      ),
    ).toBe(cut, texts);
  });
  return compared;
}

/** Simulates a call. Returns what happened and when. */
export function call(): { readonly happened: string[]; readonly history: unknown; readonly violations: unknown } {
  const { events, history, violations } = simulate(parseScenario(JSON.stringify(eager)));
  return { happened: events.map(({ type, at }) => `${at} ${type}`), history, violations };
}

/** Connects to Deepgram. Resolves with the message of the error. */
export function connect(): Promise<string> {
  const audio: AudioChunk = { data: new Uint8Array(2560), encoding: 'linear16', sampleRateHz: 16_000, channels: 1 };
  return new Promise((resolve) => {
    of(audio)
      .pipe(flux({ apiKey: 'a-key-of-nobody' }))
      .subscribe({ error: (error: unknown) => resolve((error as Error).message) });
  });
}
