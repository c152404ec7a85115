import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defer, EMPTY, endWith, ignoreElements, lastValueFrom, map, merge, mergeMap, type Observable } from 'rxjs';
import type { ListenSettings, Backend, BackendInput, BackendOutput, VoiceSettings } from '../emulator/backend.ts';
import { recogniserFiles, voiceFiles } from './enginePackages.ts';
import { frames } from './frames.ts';
import { think } from './think.ts';
import { thread } from './thread.ts';
import type { VoiceJob } from './fliteVoice.ts';

export { missingEngines } from './enginePackages.ts';

export interface LocalOptions {
  /** The clock that "what time is it" is answered from. Default: the machine's. */
  readonly now?: () => Date;
  /** Where what is made once is kept (a list of tokens, 0.7 MB). Default: `sluice` in the machine's temporary folder. */
  readonly cacheDir?: string;
}

/** A backend that can be made ready beforehand. */
export interface LocalBackend extends Backend {
  /** Loads the engines now (some 1 to 3 s), so that the first call need not wait for them. Rejects where they are missing. */
  readonly warm: () => Promise<void>;
}

/**
 * Real speech without keys or network: Silero hears voice, Moonshine tiny reads it, rules answer (`think`: not a language model),
 * Flite's `slt` speaks. English only. Engines are loaded at first use, once for all connections, each in a thread of its own;
 * where their packages are missing, `listen` and `speak` error with `engines-missing`.
 *
 * `keyterm`, `language_hint` and `numerals` are accepted and change nothing.
 */
export function local({ now = () => new Date(), cacheDir = join(tmpdir(), 'sluice') }: LocalOptions = {}): LocalBackend {
  const recogniser = thread<ListenSettings, BackendInput, BackendOutput>('./recogniser.worker', () => ({
    files: recogniserFiles(),
    cacheDir,
  }));
  const voice = thread<VoiceJob, never, Uint8Array>('./voice.worker', () => ({ files: voiceFiles() }));
  const listen: Backend['listen'] = (settings) => (input) => defer(() => input.pipe(map(owned), recogniser.job(settings)));
  const speak: Backend['speak'] = (text, settings) => said(EMPTY.pipe(voice.job({ text, settings })), settings);
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

/** Frames of 20 ms. */
function said(sound: Observable<Uint8Array>, { encoding, sample_rate }: VoiceSettings): Observable<Uint8Array> {
  const size = Math.round(sample_rate / 50) * (encoding === 'linear16' ? 2 : 1);
  return sound.pipe(mergeMap((clause) => frames(clause, size)));
}

/** Bytes with a buffer of their own: a thread is sent the whole buffer behind a view, which may be a large pool. */
function owned(input: BackendInput): BackendInput {
  return input instanceof Uint8Array ? new Uint8Array(input) : input;
}
