import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomUUID } from 'node:crypto';

/** Moonshine's vocabulary is Llama's 32,000 pieces and 768 more that never occur in text. */
const size = 32768;

/**
 * The tokens file that sherpa-onnx needs for Moonshine: a line `base64(bytes) TAB id` for each token. It is made once from the
 * vocabulary of `llama-tokenizer-js` and kept in `folder`; several processes may make it at once.
 */
export async function tokensFile(vocabularyFile: string, folder: string): Promise<string> {
  const file = join(folder, 'moonshine-tokens-1.txt');
  if (existsSync(file) && statSync(file).size > 0) return file;
  const { default: tokenizer } = (await import(pathToFileURL(vocabularyFile).href)) as { default: { vocabById: string[] } };
  const lines = Array.from({ length: size }, (_, id) => `${bytes(tokenizer.vocabById[id], id).toString('base64')}\t${id}\n`);
  mkdirSync(folder, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, lines.join(''));
  renameSync(draft, file);
  return file;
}

function bytes(piece: string | undefined, id: number): Buffer {
  if (piece === undefined) return Buffer.from(`<${id}>`);
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte === undefined ? Buffer.from(piece.replaceAll('\u2581', ' ')) : Buffer.from([Number.parseInt(byte, 16)]);
}
