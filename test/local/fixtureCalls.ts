import { readFileSync } from 'node:fs';
import { from, lastValueFrom, map, take, timer, toArray, type Observable } from 'rxjs';
import { toSamples } from '../../src/audio/pcm.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { ListenSettings, Backend, BackendInput, BackendOutput } from '../../src/emulator/backend.ts';
import { readNumber } from '../../src/local/numbers.ts';
import { plain } from '../../src/local/plain.ts';
import type { TurnMessage } from '../../src/local/turnMessages.ts';

export const settings: ListenSettings = {
  model: 'flux-general-en',
  encoding: 'linear16',
  sample_rate: 16_000,
  eot_threshold: 0.7,
  eot_timeout_ms: 5000,
  keyterm: [],
  language_hint: [],
  numerals: false,
};

/** The samples of a fixture, followed by silence. */
export function recording(name: string, silenceMs = 2500): Int16Array {
  const { audio } = readWav(readFileSync(new URL(`../../fixtures/audio/${name}.wav`, import.meta.url)), name);
  const samples = toSamples(audio.data);
  const longer = new Int16Array(samples.length + silenceMs * 16);
  longer.set(samples);
  return longer;
}

/** Sound in pieces of `bytes` bytes. */
export function pieces(samples: Int16Array, bytes = 2560): Uint8Array[] {
  const all = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return Array.from({ length: Math.ceil(all.length / bytes) }, (_, index) => all.slice(index * bytes, (index + 1) * bytes));
}

/** Chunks of 80 ms at `speed` times real time. */
export function paced(chunks: readonly Uint8Array[], speed: number): Observable<Uint8Array> {
  return timer(0, 80 / speed).pipe(
    take(chunks.length),
    map((index) => chunks[index] ?? new Uint8Array(0)),
  );
}

/** The whole output of the backend for an input. */
export function outputOf(
  backend: Backend,
  input: Observable<BackendInput> | readonly BackendInput[],
  more: Partial<ListenSettings> = {},
) {
  const all = from(input as Observable<BackendInput>).pipe(backend.listen({ ...settings, ...more }), toArray());
  return lastValueFrom(all);
}

export function turnsOf(output: readonly BackendOutput[]): TurnMessage[] {
  return output.filter((one) => 'type' in one && one.type === 'TurnInfo') as unknown as TurnMessage[];
}

export function ends(output: readonly BackendOutput[]): TurnMessage[] {
  return turnsOf(output).filter(({ event }) => event === 'EndOfTurn');
}

/** The number of wrong, missing and superfluous words, and of words in the truth. */
export function wrongWords(heard: string, truth: string): { wrong: number; of: number } {
  const a = normal(heard);
  const b = normal(truth);
  let row = b.map((_, index) => index + 1);
  row.unshift(0);
  a.forEach((word, i) => {
    const next = [i + 1];
    b.forEach((other, j) =>
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1)),
    );
    row = next;
  });
  return { wrong: row.at(-1) ?? 0, of: b.length };
}

/** Words in lower case, without punctuation, hyphens as spaces, numbers as digits. */
function normal(text: string): string[] {
  const words = plain(text.replaceAll('-', ' ')).split(' ').filter(Boolean);
  const numbered: string[] = [];
  for (let at = 0; at < words.length;) {
    const number = readNumber(words, at);
    numbered.push(number ? String(number.value) : (words[at] ?? ''));
    at += number?.words ?? 1;
  }
  return numbered;
}
