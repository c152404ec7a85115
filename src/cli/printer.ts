import { createLogUpdate } from 'log-update';
import type { Shown } from './liveView.ts';

/** Prints lines. On a terminal the live line is kept below them; a pipe or a file gets the lines alone, without control codes. */
export interface Printer {
  readonly show: (shown: Shown) => void;
  /** Removes the live line. */
  readonly end: () => void;
}

export function printer(stream: NodeJS.WriteStream): Printer {
  if (!canRewrite(stream)) {
    return { show: ({ type, text }) => type === 'line' && stream.write(`${text}\n`), end: () => undefined };
  }
  const live = createLogUpdate(stream, { showCursor: true });
  return { show: ({ type, text }) => (type === 'line' ? live.persist(text) : live(text)), end: () => live.clear() };
}

/** Whether lines can be overwritten: not in a pipe, on a `dumb` terminal, or on one without a size (`script` in a build makes one). */
function canRewrite({ isTTY, columns, rows }: NodeJS.WriteStream): boolean {
  return isTTY && columns !== 0 && rows !== 0 && process.env['TERM'] !== 'dumb';
}
