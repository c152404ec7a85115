import { createLogUpdate } from 'log-update';
import type { Shown } from './view.ts';

/** Shows lines: on a terminal with the live line below them, anywhere else the lines alone, without a cursor code. */
export interface Printer {
  readonly show: (shown: Shown) => void;
  /** Takes the live line away. */
  readonly end: () => void;
}

export function printer(stream: NodeJS.WriteStream): Printer {
  if (!canRewrite(stream)) {
    return { show: ({ type, text }) => type === 'line' && stream.write(`${text}\n`), end: () => undefined };
  }
  const live = createLogUpdate(stream, { showCursor: true });
  return { show: ({ type, text }) => (type === 'line' ? live.persist(text) : live(text)), end: () => live.clear() };
}

/** Not a pipe, not a terminal that says it can do nothing, and not one without a size, as `script` makes it in a build. */
function canRewrite({ isTTY, columns, rows }: NodeJS.WriteStream): boolean {
  return isTTY && columns !== 0 && rows !== 0 && process.env['TERM'] !== 'dumb';
}
