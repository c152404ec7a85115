import { readFileSync } from 'node:fs';
import { CommandError, exitCodes } from './commandError.ts';

/** What is in a file. A folder is named, which Node's own error leaves out. */
export function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR')
      throw new CommandError(`${path} is a folder.`, exitCodes.failed, error);
    throw error;
  }
}

export const textOf = (path: string): string => bytesOf(path).toString();
