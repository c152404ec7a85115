import {
  asyncScheduler,
  concatMap,
  defer,
  delayWhen,
  dematerialize,
  materialize,
  merge,
  NEVER,
  of,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import type { AudioChunk } from '../../operators/events.ts';
import { WireError } from '../../src/errors.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';
import { audioOf } from './scriptedFlux.ts';
import { info } from './worked.ts';

/** 80 ms in which a word is spoken, named by a number; 0 is silence. */
export const spoken = (word: number): AudioChunk => {
  const chunk = audioOf(80);
  chunk.data[0] = word;
  return chunk;
};

/** A caller: turns of so many words, each word three chunks, and nine chunks of silence after each turn. Words count from 1. */
export function caller(turns: number, words: number): readonly number[] {
  const chunks: number[] = [];
  for (let turn = 0, word = 1; turn < turns; turn++) {
    for (let k = 0; k < words; k++, word++) chunks.push(word, word, word);
    chunks.push(...Array<number>(9).fill(0));
  }
  return chunks;
}

/**
 * A Flux that recognises these words: 60 ms to connect, 30 ms each way. The connection is lost at `lostAt` (ms of the call), with
 * all frames that are on their way.
 */
export function hearing(lostAt: readonly number[]): Wire {
  return (frames) =>
    defer(() => {
      const recogniser = new Recogniser();
      const now = asyncScheduler.now();
      const next = Math.min(...lostAt.filter((at) => at > now));
      const received = timer(60).pipe(
        concatMap(() =>
          merge(
            of(connected),
            merge(frames, NEVER).pipe(
              late(),
              concatMap((frame) => recogniser.accept(frame)),
            ),
          ),
        ),
        late(),
        takeWhile((frame) => frame !== closed),
      );
      const lost = next < Infinity ? timer(next - now).pipe(concatMap(() => throwError(gone))) : NEVER;
      return merge(received.pipe(materialize()), lost).pipe(dematerialize());
    });
}

const connected = '{"type":"Connected","request_id":"r","sequence_id":0}';
const closed = 'closed';
const late = <T>() => delayWhen<T>(() => timer(30));
const gone = () => new WireError('closed', 'The connection was lost (1006).', { closeCode: 1006, retryable: true });

/** Makes Flux's messages from words: a turn starts with its first word and ends after five chunks of silence. */
class Recogniser {
  #chunks = 0;
  #turn = 0;
  #words: number[] = [];
  #silent = 0;

  accept(frame: Frame): readonly string[] {
    if (typeof frame === 'string') return frame.includes('CloseStream') ? [closed] : this.#end('manual');
    this.#chunks++;
    const word = frame[0] ?? 0;
    if (word === 0) {
      this.#silent++;
      if (this.#silent === 5 && this.#words.length > 0) return this.#end('model');
      return this.#chunks % 3 === 0 ? [this.#message('Update')] : [];
    }
    this.#silent = 0;
    if (this.#words.at(-1) === word) return [];
    this.#words.push(word);
    return [this.#message(this.#words.length === 1 ? 'StartOfTurn' : 'Update')];
  }

  #end(trigger: string): readonly string[] {
    if (this.#words.length === 0) return [];
    const end = this.#message('EndOfTurn', { trigger });
    this.#words = [];
    this.#turn++;
    return [end];
  }

  #message(event: string, more = {}): string {
    return info(event, this.#turn, this.#chunks * 0.08, this.#words.join(' '), 0.5, more);
  }
}
