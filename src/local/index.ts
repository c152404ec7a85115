import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defer, EMPTY, map } from 'rxjs';
import type { ListenSettings, Mind, MindInput, MindOutput } from '../emulator/mind.ts';
import { earFiles } from './engines.ts';
import { thread } from './thread.ts';

export interface LocalOptions {
  /** The clock that "what time is it" is answered from. Default: the machine's. */
  readonly now?: () => Date;
  /** Where what is made once is kept. Default: `sluice` in the machine's temporary folder. */
  readonly cacheDir?: string;
}

export function local({ cacheDir = join(tmpdir(), 'sluice') }: LocalOptions = {}): Mind {
  const ear = thread<ListenSettings, MindInput, MindOutput>('./ear.worker', () => ({ files: earFiles(), cacheDir }));
  return {
    name: 'local',
    listen: (settings) => (input) => defer(() => input.pipe(map(owned), ear.job(settings))),
    think: () => EMPTY,
    speak: () => EMPTY,
    close: async () => {
      await ear.close();
    },
  };
}

/** Bytes with a buffer of their own: a thread is sent the whole buffer behind a view, which may be a large pool. */
function owned(input: MindInput): MindInput {
  return input instanceof Uint8Array ? new Uint8Array(input) : input;
}
