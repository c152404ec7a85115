import { Observable } from 'rxjs';
import type { OpenAI } from 'openai';

export type ChatChunk = OpenAI.ChatCompletionChunk;

/**
 * A streamed answer as an observable. Each subscription sends a request with its own signal (the client never removes its
 * listeners from a signal); unsubscribing aborts that signal at any stage of the request.
 *
 * It also completes if the body ends too early, because the client does not report that: the reader must check whether the
 * answer is whole.
 */
export function chunksOf(ask: (signal: AbortSignal) => Promise<AsyncIterable<ChatChunk>>): Observable<ChatChunk> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of await ask(abort.signal)) {
        subscriber.next(chunk);
        if (subscriber.closed) return;
      }
    };
    read().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => abort.abort();
  });
}
