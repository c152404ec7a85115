import { parseJson, recordOf } from '../../../operators/core/json.ts';
import { SlidingWindow } from '../../../operators/core/slidingWindow.ts';
import type { Frame } from '../../wire/wire.ts';
import { HangUp } from '../server/peer.ts';

/** The command in a frame of `/v1/speak`; for an invalid one the answer, which is sent at once, even while audio is sent. */
export type SpeakCommand = 'Flush' | 'Clear' | 'Close' | { readonly text: string } | { readonly answer: Frame | HangUp };

/**
 * Reads the frames of one connection, with the limits of docs/wire/aura.md A4 (2000 characters a message, 2400 a minute, 20
 * flushes a minute) and the closes of A3.
 */
export function commandReader(): (frame: Frame) => SpeakCommand {
  const characters = new SlidingWindow(60_000);
  const flushes = new SlidingWindow(60_000);
  return (frame) => {
    if (typeof frame !== 'string') return closes(1003, 'MESSAGE-0000 frame type not supported');
    if (frame.length > 65_536) return closes(1009, 'BIG-0000 message too large');
    const { type, text } = recordOf(parseJson(frame));
    if (type === 'Clear' || type === 'Close') return type;
    if (type === 'Flush') return addWithin(20, flushes, 1) ? type : { answer: refusedFlush };
    if (type !== 'Speak' || typeof text !== 'string' || text === '') return closes(1008, 'DATA-0000 not a valid command');
    if (text.length > 2000) return closes(1009, 'BIG-0001 text too long');
    if (!addWithin(2400, characters, text.length)) return closes(1008, 'DATA-0001 too many characters in the last minute');
    return { text };
  };
}

function closes(code: number, reason: string): SpeakCommand {
  return { answer: new HangUp(code, reason) };
}

/** Adds an amount, unless the sum would exceed the limit. Returns whether it did. */
function addWithin(limit: number, window: SlidingWindow, amount: number): boolean {
  if (window.sum + amount > limit) return false;
  window.add(amount);
  return true;
}

/** The sources differ on the names of a warning's fields (A3), so it has both. */
const refusedFlush = JSON.stringify({
  type: 'Warning',
  code: 'EXCESSIVE_FLUSH',
  description: 'flush allowance used up',
  warn_code: 'EXCESSIVE_FLUSH',
  warn_msg: 'flush allowance used up',
});
