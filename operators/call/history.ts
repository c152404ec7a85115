import { distinctUntilChanged, scan, skip, startWith, type OperatorFunction } from 'rxjs';
import type { CallEvent, Message } from '../events.ts';

/**
 * Returns the conversation after an event. `TurnTaken` adds the user's words, `ReplyEnded` the words heard of the reply, if any.
 * Returns the same array if nothing changed.
 */
export function remember(messages: readonly Message[], event: CallEvent): readonly Message[] {
  switch (event.type) {
    case 'TurnTaken':
      return messages.concat({ role: 'user', content: event.text });
    case 'ReplyEnded': {
      const { heard, interrupted } = event;
      if (heard === '') return messages;
      return messages.concat({ role: 'assistant', content: heard, ...(interrupted && { interrupted }) });
    }
    default:
      return messages;
  }
}

/**
 * Emits the conversation as it was heard, after each change, from the events of a call.
 *
 *     events     -s-E-T-R---H--e--|      T: TurnTaken, e: ReplyEnded
 *     result     -----1--------2--|      1: the user's message, 2: the assistant's too
 *
 * `start` is the conversation before the call; it is not emitted. Completion and errors pass.
 */
export function history(start: readonly Message[] = []): OperatorFunction<CallEvent, readonly Message[]> {
  return (events) => events.pipe(scan(remember, start), startWith(start), distinctUntilChanged(), skip(1));
}
