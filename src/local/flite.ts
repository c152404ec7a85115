import { readFile } from 'node:fs/promises';
import { Exit, wasiRun, type WasiRun } from './wasi.ts';

/** Makes 16-bit samples at 16 kHz from text; takes 10 to 60 ms for a clause on an idle machine. `speed` 1 is the voice's normal speed. */
export type Synthesize = (text: string, speed?: number) => Int16Array;

/** The used part of WebAssembly. Its types are in TypeScript's browser library, which is not loaded here. */
interface Wasm {
  readonly compile: (bytes: Uint8Array) => Promise<object>;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { memory: WasiRun['memory']; _start: () => void } };
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

/** The header of the WAV file that Flite writes. */
const headerBytes = 44;

/** Flite's voice `slt`. The module is compiled once; each call runs a new instance with its own memory. */
export async function flite(file: string): Promise<Synthesize> {
  const module = await wasm.compile(await readFile(file));
  return (text, speed = 1) => {
    const stretch = ['--setf', `duration_stretch=${(1 / speed).toFixed(3)}`];
    const run = wasiRun(['flite', '-voice', 'slt', ...stretch, '-t', text, '-o', '/speech.wav']);
    const { exports } = new wasm.Instance(module, { wasi_snapshot_preview1: run.imports });
    run.memory = exports.memory;
    try {
      exports._start();
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    }
    return new Int16Array(run.output().slice(headerBytes).buffer);
  };
}
