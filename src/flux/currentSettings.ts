import { concat, defer, EMPTY, exhaustMap, tap, type Observable } from 'rxjs';
import type { Configure } from '../../operators/events.ts';

/** The settings of a call: what Flux has agreed to, and what it was asked for and has not answered yet. */
export class Settings {
  #agreed: Configure | undefined;
  #inFlight: Configure | undefined;
  #waiting: Configure | undefined;

  /**
   * Asks for one at a time: those that come while one is not answered become one, the later field beating the earlier.
   *
   *     asked      -a-b-c-----
   *     answered   ------x--y-      x: of a, y: of b and c
   *     result     -a----(bc)-
   *
   * @param ask asks, and completes when there is an answer, or none is to be had
   */
  asking<T>(asked: Observable<Configure>, ask: (settings: Configure) => Observable<T>): Observable<T> {
    const next = (): Observable<T> =>
      defer(() => {
        this.#agree();
        this.#inFlight = this.#waiting;
        this.#waiting = undefined;
        return this.#inFlight ? concat(ask(this.#inFlight), defer(next)) : EMPTY;
      });
    return asked.pipe(
      tap((settings) => (this.#waiting = merged(this.#waiting, settings))),
      exhaustMap(next),
    );
  }

  /** Flux did not take what is in flight. */
  refused(): void {
    this.#inFlight = undefined;
  }

  /** What another connection, which knows nothing, is to be asked for: what was agreed to, then what was left open. */
  renewed(): readonly Configure[] {
    const open = merged(this.#inFlight, this.#waiting);
    this.#inFlight = this.#waiting = undefined;
    return [this.#agreed, open].filter((settings) => settings !== undefined);
  }

  /** What was not refused is taken as agreed to. */
  #agree(): void {
    this.#agreed = merged(this.#agreed, this.#inFlight);
    this.#inFlight = undefined;
  }
}

/** The later field beats the earlier. */
function merged(earlier: Configure | undefined, later: Configure | undefined): Configure | undefined {
  return earlier && later ? { ...earlier, ...later } : (later ?? earlier);
}
