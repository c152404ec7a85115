import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { ListenEvent } from 'sluice';

/** A turn of nothing but "um" is no turn: it is not answered, and it does not interrupt. */
export function withoutFillers(fillers = /^(u+m+|u+h+|h+m+)\W*$/i): MonoTypeOperatorFunction<ListenEvent> {
  return filter((event) => !('transcript' in event && fillers.test(event.transcript)));
}
