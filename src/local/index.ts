import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defer, EMPTY, endWith, ignoreElements, lastValueFrom, map, merge, mergeMap, type Observable } from 'rxjs';
import type { ListenSettings, Backend, BackendInput, BackendOutput, VoiceSettings } from '../emulator/backend.ts';
import { recogniserFiles, voiceFiles } from './enginePackages.ts';
import { think } from './think.ts';
import { thread } from './thread.ts';
import type { VoiceJob } from './fliteVoice.ts';

export { missingEngines } from './enginePackages.ts';

export interface LocalOptions {
  /** The clock for "what time is it". Default: the machine's. */
  readonly now?: () => Date;
  /** Folder for a list of tokens that is made once (0.7 MB). Default: `sluice` in the machine's temporary folder. */
  readonly cacheDir?: string;
}

/** A backend whose engines can be loaded in advance. */
export interface LocalBackend extends Backend {
  /** Loads the engines now (1 to 3 s), so that the first call does not wait for them. Rejects if they are missing. */
  readonly warm: () => Promise<void>;
}

/**
 * Real speech without keys or network: Silero detects voice, Moonshine tiny recognises words, rules answer (no language model),
 * Flite's voice `slt` speaks. English only. The recogniser and the voice are loaded at first use, once for all connections, in
 * one thread each. If their packages are missing, `listen` and `speak` error with `engines-missing`.
 *
 * `keyterm`, `language_hint` and `numerals` are accepted and change nothing.
 */
export function local({ now = () => new Date(), cacheDir = join(tmpdir(), 'sluice') }: LocalOptions = {}): LocalBackend {
  const recogniser = thread<ListenSettings, BackendInput, BackendOutput>('./recogniser.worker', () => ({
    files: recogniserFiles(),
    cacheDir,
  }));
  const voice = thread<VoiceJob, never, Uint8Array>('./voice.worker', () => ({ files: voiceFiles() }));
  const listen: Backend['listen'] = (settings) => (input) =>
    defer(() => input.pipe(map(withSmallBuffer), recogniser.job(settings)));
  const speak: Backend['speak'] = (text, settings) => inFrames(EMPTY.pipe(voice.job({ text, settings })), settings);
  return {
    name: 'local',
    listen,
    think: (messages) => think(messages, now),
    speak,
    warm: () =>
      lastValueFrom(merge(EMPTY.pipe(listen(anyListener)), speak('Ready.', anyVoice)).pipe(ignoreElements(), endWith(undefined))),
    close: async () => {
      await Promise.all([recogniser.close(), voice.close()]);
    },
  };
}

const anyListener: ListenSettings = {
  model: 'flux-general-en',
  encoding: 'linear16',
  sample_rate: 16_000,
  eot_threshold: 0.7,
  eot_timeout_ms: 5000,
  keyterm: [],
  language_hint: [],
  numerals: false,
};
const anyVoice: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };

/** Cuts sound into frames of 20 ms, as Aura sends it. */
function inFrames(sound: Observable<Uint8Array>, { encoding, sample_rate }: VoiceSettings): Observable<Uint8Array> {
  const size = Math.round(sample_rate / 50) * (encoding === 'linear16' ? 2 : 1);
  return sound.pipe(
    mergeMap((clause) =>
      Array.from({ length: Math.ceil(clause.length / size) }, (_, at) => clause.subarray(at * size, (at + 1) * size)),
    ),
  );
}

/** Copies bytes into a new buffer: `postMessage` sends the whole buffer behind a view, which may be a large pool. */
function withSmallBuffer(input: BackendInput): BackendInput {
  return input instanceof Uint8Array ? new Uint8Array(input) : input;
}
