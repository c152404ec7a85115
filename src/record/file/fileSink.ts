import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { Sink } from './record.ts';

export interface FileSink {
  readonly write: Sink;
  readonly close: () => void;
}

/**
 * A file that each line is appended to as it happens, so that it is whole up to the last line whatever becomes of the process.
 * What was in the file is gone; the folder is made. Throws what `node:fs` throws.
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

/** The longest beginning of a file that is looked at. */
const headBytes = 4096;

const heads = {
  recording: /^\uFEFF?\s*\{\s*"sluice"\s*:\s*"recording"/,
  timeline: /^<!doctype html>\s*<html [^>]*data-sluice="timeline"/,
} as const;

/** Whether a file may be written over: it is not there, it is empty, or it begins like what is to be written. */
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
