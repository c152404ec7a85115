import { Observable } from 'rxjs';
import type { OpenAI } from 'openai';

export type ChatChunk = OpenAI.ChatCompletionChunk;

/**
 * A streamed answer as an observable. Each subscription asks anew, with a signal of its own (the client never takes its
 * listeners off a signal again); unsubscribing aborts that signal, wherever the request stands.
 *
 * The client ends an iteration without a word when the body ended too early: this completes then, and whoever reads must
 * know when an answer is whole.
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
