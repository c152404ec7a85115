import { debounceTime, fromEventPattern, map, merge, of, take, takeUntil, type Observable } from 'rxjs';
import type { WebSocket } from 'ws';
import { HangUp } from './peer.ts';

/**
 * Hangs up on a client that sends nothing for `afterMs`, neither a frame nor a ping. The minute is documented for Flux, the code
 * is not: Deepgram closes with 1011 when it receives no audio (docs/wire/flux.md §8, §11.9).
 */
export function idleTimeout(client: WebSocket, afterMs = 60_000, code = 1011): Observable<HangUp> {
  return merge(of(undefined), emitted(client, 'message'), emitted(client, 'ping')).pipe(
    debounceTime(afterMs),
    take(1),
    map(() => new HangUp(code === 1005 ? undefined : code, 'NET-0001 nothing was received in time')),
    takeUntil(emitted(client, 'close')),
  );
}

/** Not `fromEvent`: it treats a WebSocket as a browser's, which has no pings. */
function emitted(client: WebSocket, name: 'message' | 'ping' | 'close'): Observable<unknown> {
  return fromEventPattern(
    (handler) => client.on(name, handler),
    (handler) => client.off(name, handler),
  );
}
