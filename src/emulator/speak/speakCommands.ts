import { asyncScheduler } from 'rxjs';
import type { Frame } from '../../wire/wire.ts';
import { HangUp } from '../server/peer.ts';
import { Allowance } from './allowance.ts';

/** What is said back at once, without waiting for what is being spoken. */
export class Answer {
  readonly frame: Frame | HangUp;
  constructor(frame: Frame | HangUp) {
    this.frame = frame;
  }
}

/** What a frame asks of `/v1/speak`. */
export type SpeakCommand = { readonly text: string } | 'Flush' | 'Clear' | 'Close' | Answer;

/**
 * Reads the frames of one connection, with the limits of aura-and-openai.md A4 and the closes of A3: 2000 characters a
 * message, 2400 a minute, 20 flushes a minute.
 */
export function commandReader(): (frame: Frame) => SpeakCommand {
  const characters = new Allowance(2400, 60_000);
  const flushes = new Allowance(20, 60_000);
  return (frame) => {
    if (typeof frame !== 'string') return closes(1003, 'MESSAGE-0000 frame type not supported');
    if (frame.length > 65_536) return closes(1009, 'BIG-0000 message too large');
    const { type, text } = parse(frame);
    if (type === 'Clear' || type === 'Close') return type;
    if (type === 'Flush') return flushes.spend(1, asyncScheduler.now()) ? type : new Answer(refusedFlush);
    if (type !== 'Speak' || typeof text !== 'string' || text === '') return closes(1008, 'DATA-0000 not a valid command');
    if (text.length > 2000) return closes(1009, 'BIG-0001 text too long');
    if (!characters.spend(text.length, asyncScheduler.now()))
      return closes(1008, 'DATA-0001 too many characters in the last minute');
    return { text };
  };
}

function closes(code: number, reason: string): Answer {
  return new Answer(new HangUp(code, reason));
}

function parse(frame: string): { readonly type?: unknown; readonly text?: unknown } {
  try {
    return (JSON.parse(frame) as Readonly<Record<string, unknown>> | null) ?? {};
  } catch {
    return {};
  }
}

/** The sources differ on the names of a warning's fields (A3), so both are here. */
const refusedFlush = JSON.stringify({
  type: 'Warning',
  code: 'EXCESSIVE_FLUSH',
  description: 'flush allowance used up',
  warn_code: 'EXCESSIVE_FLUSH',
  warn_msg: 'flush allowance used up',
});
