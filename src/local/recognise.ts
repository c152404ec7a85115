import { catchError, concatMap, defer, endWith, finalize, mergeAll, of, throwError, type OperatorFunction } from 'rxjs';
import type { BackendInput, BackendOutput, ListenSettings } from '../emulator/backend.ts';
import { SluiceError } from '../errors.ts';
import { frameSamples, type RecogniserEngines } from './recogniserEngines.ts';
import { sampler, type Sampler } from './samples.ts';
import { TurnMessages, type ForceEndTurnWarning, type TurnMessage } from './turnMessages.ts';
import { silenceNoticedMs, TurnTranscriber } from './turnTranscriber.ts';

const frameMs = 32;

/**
 * Recognises the audio of one connection and emits its turns, strictly in order and by audio time only: each frame is handled,
 * and transcribed where that is due, before the next. When the source completes, it transcribes the rest, emits the state of the
 * open turn and completes; it does not end the turn (docs/flux/close-stream).
 */
export function recognise(engines: RecogniserEngines, settings: ListenSettings): OperatorFunction<BackendInput, BackendOutput> {
  return (input) =>
    defer(() => {
      const recognition = sampler(settings.encoding, settings.sample_rate).then(
        (samples) => new Recognition(engines, samples, settings),
      );
      // A failure errors at the first value. Until then the rejection must be handled, or Node ends the thread.
      const closing = recognition.then((opened) => () => opened.close()).catch(() => () => undefined);
      return input.pipe(
        endWith('end' as const),
        concatMap(async (value) => (await recognition).accept(value)),
        mergeAll(),
        catchError((error: unknown) => {
          if (!(error instanceof SluiceError) || error.code !== 'unsupported') return throwError(() => error);
          return of({ type: 'Error', code: 'UNSUPPORTED_ENCODING', description: error.message });
        }),
        finalize(() => void closing.then((close) => close())),
      );
    });
}

class Recognition {
  #settings: ListenSettings;
  readonly #samples: Sampler;
  readonly #isVoice: (frame: Float32Array) => boolean;
  readonly #transcriber: TurnTranscriber;
  readonly #turns: TurnMessages;
  #rest = new Float32Array(0);
  #at = 0;
  #silenceMs = 0;
  #wasVoice = false;

  constructor(engines: RecogniserEngines, samples: Sampler, settings: ListenSettings) {
    this.#settings = settings;
    this.#samples = samples;
    this.#isVoice = engines.voiceDetector();
    this.#transcriber = new TurnTranscriber(engines.transcribe);
    this.#turns = new TurnMessages(settings);
  }

  accept(input: BackendInput | 'end'): BackendOutput[] {
    if (input === 'end') return this.#completed(this.#turns.finish(this.#transcriber.flush(this.#at)));
    if (input instanceof Uint8Array) return this.#audio(this.#samples.take(input));
    if (input.type === 'Answer') return [input.message];
    if (input.type === 'ForceEndTurn') {
      const end = this.#turns.forceEnd();
      this.#transcriber.reset(this.#at);
      return this.#completed([end]);
    }
    this.#settings = input.settings;
    this.#turns.configure(input.settings);
    return [];
  }

  close(): void {
    this.#samples.close();
  }

  #audio(samples: Float32Array): BackendOutput[] {
    const all = Float32Array.from([...this.#rest, ...samples]);
    const frames = Array.from({ length: Math.floor(all.length / frameSamples) }, (_, index) =>
      all.slice(index * frameSamples, (index + 1) * frameSamples),
    );
    this.#rest = all.slice(frames.length * frameSamples);
    return frames.flatMap((frame) => this.#frame(frame));
  }

  #frame(frame: Float32Array): BackendOutput[] {
    this.#at += frameMs;
    const isVoice = this.#isVoice(frame);
    const addedMs = this.#wasVoice ? silenceNoticedMs : frameMs;
    this.#silenceMs = isVoice ? 0 : this.#silenceMs + addedMs;
    this.#wasVoice = isVoice;
    const words = this.#transcriber.accept(frame, this.#at, this.#silenceMs);
    const messages = this.#turns.advance({ at: this.#at, silenceMs: this.#silenceMs, ...(words && { words }) });
    if (messages.some(({ event }) => event === 'EndOfTurn')) this.#transcriber.reset(this.#at);
    return this.#completed(messages);
  }

  /** Adds the fields of the multilingual model (docs/wire/flux.md §4.2). This recogniser takes all speech for English. */
  #completed(messages: readonly (TurnMessage | ForceEndTurnWarning)[]): BackendOutput[] {
    const { model, language_hint } = this.#settings;
    return messages.map((message) => {
      if (message.type !== 'TurnInfo' || model !== 'flux-general-multi') return message;
      return { ...message, languages: message.transcript === '' ? [] : ['en'], languages_hinted: language_hint };
    });
  }
}
