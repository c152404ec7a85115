import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { Sink } from './record.ts';

export interface FileSink {
  readonly write: Sink;
  readonly close: () => void;
}

/**
 * Opens a file and appends each line at once, so the file has all lines even if the process crashes. Empties the file and makes its
 * folder. Throws what `node:fs` throws.
 */
export function openFileSink(path: string): FileSink {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  return {
    write: (line) => {
      const bytes = Buffer.from(`${line}\n`);
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    },
    close: () => closeSync(file),
  };
}

/** How many bytes are read to recognise a file. */
const headBytes = 4096;

const heads = {
  recording: /^\uFEFF?\s*\{\s*"sluice"\s*:\s*"recording"/,
  timeline: /^<!doctype html>\s*<html [^>]*data-sluice="timeline"/,
} as const;

/** Whether a file may be written over: it does not exist, is empty, or is of the same kind. */
export function isReplaceable(path: string, by: keyof typeof heads = 'recording'): boolean {
  const head = headOf(path);
  return head === '' || heads[by].test(head);
}

function headOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    const bytes = Buffer.alloc(headBytes);
    try {
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, headBytes, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    if (code === 'EISDIR') return 'a folder';
    throw error;
  }
}
