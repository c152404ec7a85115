import { concat, defer, EMPTY, exhaustMap, tap, type Observable } from 'rxjs';
import type { Configure } from '../../operators/events.ts';

/** The settings of a call: those that Flux has accepted, and those that were requested and are not answered yet. */
export class CurrentSettings {
  #accepted: Configure | undefined;
  #inFlight: Configure | undefined;
  #waiting: Configure | undefined;

  /**
   * Sends one `Configure` at a time. Those that arrive while one is unanswered are merged; a later field replaces an earlier one.
   *
   *     requested  -a-b-c-----
   *     answered   ------x--y-      x: of a, y: of b and c
   *     result     -a----(bc)-
   *
   * @param send sends the settings, and completes after the answer or a timeout
   */
  request<T>(requested: Observable<Configure>, send: (settings: Configure) => Observable<T>): Observable<T> {
    const next = (): Observable<T> =>
      defer(() => {
        this.#accept();
        this.#inFlight = this.#waiting;
        this.#waiting = undefined;
        return this.#inFlight ? concat(send(this.#inFlight), defer(next)) : EMPTY;
      });
    return requested.pipe(
      tap((settings) => (this.#waiting = merged(this.#waiting, settings))),
      exhaustMap(next),
    );
  }

  /** Flux has refused the settings in flight. */
  refused(): void {
    this.#inFlight = undefined;
  }

  /** The settings to send on a new connection: the accepted ones, then the unanswered ones. */
  forNewConnection(): readonly Configure[] {
    const open = merged(this.#inFlight, this.#waiting);
    this.#inFlight = this.#waiting = undefined;
    return [this.#accepted, open].filter((settings) => settings !== undefined);
  }

  /** Settings that were not refused count as accepted. */
  #accept(): void {
    this.#accepted = merged(this.#accepted, this.#inFlight);
    this.#inFlight = undefined;
  }
}

/** A later field replaces an earlier one. */
function merged(earlier: Configure | undefined, later: Configure | undefined): Configure | undefined {
  return earlier && later ? { ...earlier, ...later } : (later ?? earlier);
}
