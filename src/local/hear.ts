import {
  catchError,
  concatMap,
  defer,
  endWith,
  finalize,
  mergeAll,
  of,
  throwError,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import type { ListenSettings, MindInput, MindOutput } from '../emulator/backend.ts';
import { SluiceError } from '../errors.ts';
import { silenceNoticedMs, Reader } from './reader.ts';
import { sampler, type Sampler } from './samples.ts';
import { frameSamples, type Ears } from './sherpa.ts';
import { Turns, type Moment, type TurnInfo } from './turnStateMachine.ts';

const frameMs = 32;

/**
 * One connection: audio in, turns out. Strictly in order, and by audio time alone: each frame is heard, and read where that is
 * due, before the next. When the source completes it reads what it has not read yet, says how the open turn stands, and
 * completes; it does not end the turn (docs/flux/close-stream).
 */
export function hear(ears: Ears, settings: ListenSettings): OperatorFunction<MindInput, MindOutput> {
  return (input) =>
    defer(() => {
      const ear = sampler(settings.encoding, settings.sample_rate).then((samples) => new Ear(ears, samples, settings));
      // If this fails, the first value hears of it; until then it must not count as unhandled, which would end the thread.
      const closing = ear.then((opened) => () => opened.close()).catch(() => () => undefined);
      return input.pipe(
        endWith('end' as const),
        concatMap(async (value) => (await ear).take(value)),
        mergeAll(),
        catchError(unsupported),
        finalize(() => void closing.then((close) => close())),
      );
    });
}

/** What cannot be decoded is said on the wire; anything else is a fault of ours. */
function unsupported(error: unknown): Observable<MindOutput> {
  if (!(error instanceof SluiceError) || error.code !== 'unsupported') return throwError(() => error);
  return of({ type: 'Error', code: 'UNSUPPORTED_ENCODING', description: error.message });
}

class Ear {
  #settings: ListenSettings;
  readonly #samples: Sampler;
  readonly #speaks: (frame: Float32Array) => boolean;
  readonly #reader: Reader;
  readonly #turns: Turns;
  #rest = new Float32Array(0);
  #at = 0;
  #silenceMs = 0;
  #spoke = false;

  constructor(ears: Ears, samples: Sampler, settings: ListenSettings) {
    this.#settings = settings;
    this.#samples = samples;
    this.#speaks = ears.detector();
    this.#reader = new Reader(ears.decode);
    this.#turns = new Turns(settings);
  }

  take(input: MindInput | 'end'): MindOutput[] {
    if (input === 'end') return this.#end();
    if (input instanceof Uint8Array) return this.#sound(this.#samples.take(input));
    if (input.type === 'Answer') return [input.message];
    if (input.type === 'ForceEndTurn') return this.#force();
    this.#settings = input.settings;
    this.#turns.set(input.settings);
    return [];
  }

  close(): void {
    this.#samples.close();
  }

  #sound(samples: Float32Array): MindOutput[] {
    const all = new Float32Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    const whole = all.length - (all.length % frameSamples);
    this.#rest = all.slice(whole);
    const said: MindOutput[] = [];
    for (let from = 0; from < whole; from += frameSamples) said.push(...this.#frame(all.slice(from, from + frameSamples)));
    return said;
  }

  #frame(frame: Float32Array): MindOutput[] {
    this.#at += frameMs;
    const speaking = this.#speaks(frame);
    const fell = this.#spoke && !speaking;
    this.#silenceMs = speaking ? 0 : this.#silenceMs + (fell ? silenceNoticedMs : frameMs);
    this.#spoke = speaking;
    const words = this.#reader.hear(frame, this.#at, this.#silenceMs);
    return this.#say({ at: this.#at, silenceMs: this.#silenceMs, ...(words && { words }) });
  }

  #say(moment: Moment): MindOutput[] {
    const said = this.#turns.hear(moment);
    if (said.some(({ event }) => event === 'EndOfTurn')) this.#reader.reset(this.#at);
    return said.map((info) => this.#inLanguages(info));
  }

  #force(): MindOutput[] {
    const said = this.#turns.force();
    this.#reader.reset(this.#at);
    return [said.type === 'TurnInfo' ? this.#inLanguages(said) : said];
  }

  /** What the multilingual model adds (flux.md §4.2); this recogniser hears everything as English. */
  #inLanguages(info: TurnInfo): MindOutput {
    const { model, language_hint } = this.#settings;
    if (model !== 'flux-general-multi') return info;
    return { ...info, languages: info.transcript === '' ? [] : ['en'], languages_hinted: language_hint };
  }

  #end(): MindOutput[] {
    const words = this.#reader.flush(this.#at);
    return this.#turns.finish(words).map((info) => this.#inLanguages(info));
  }
}
