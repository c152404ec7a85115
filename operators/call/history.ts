import { distinctUntilChanged, scan, skip, startWith, type OperatorFunction } from 'rxjs';
import type { CallEvent, Message } from '../events.ts';

/**
 * The conversation after something happened: a turn that was taken is what the user said, a reply that ended is what was heard
 * of it. A reply nobody heard leaves nothing. The same array comes back when nothing changed.
 */
export function remember(messages: readonly Message[], happening: CallEvent): readonly Message[] {
  switch (happening.type) {
    case 'TurnTaken':
      return messages.concat({ role: 'user', content: happening.text });
    case 'ReplyEnded': {
      const { heard, interrupted } = happening;
      if (heard === '') return messages;
      return messages.concat({ role: 'assistant', content: heard, ...(interrupted && { interrupted }) });
    }
    default:
      return messages;
  }
}

/**
 * The conversation as it was heard, after each change of it, from the events of a call.
 *
 *     events     -s-E-T-R---H--e--|      T: TurnTaken, e: ReplyEnded
 *     result     -----1--------2--|      1: the user's line, 2: and the assistant's
 *
 * `start` is the conversation before; it is not emitted. Completion and errors are those of the events.
 */
export function history(start: readonly Message[] = []): OperatorFunction<CallEvent, readonly Message[]> {
  return (happenings) => happenings.pipe(scan(remember, start), startWith(start), distinctUntilChanged(), skip(1));
}
