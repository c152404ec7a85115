import type { Faults } from '../faults/faults.ts';

/** An action of a client of the emulator. */
export interface EmulatorEvent {
  /**
   * `upgrade`: asked for a WebSocket (`status` 101 if accepted); `request`: asked for a completion (`status` 200 if the backend
   * got it, else that of the refusal); `clear`: sent `Clear` to a voice; `abort`: closed the connection before a completion ended;
   * `close`: a connection or an answer ended.
   */
  readonly kind: 'upgrade' | 'request' | 'clear' | 'abort' | 'close';
  readonly service: 'listen' | 'speak' | 'chat';
  /** Milliseconds since the server started. */
  readonly at: number;
  /** An HTTP status; on the `close` of a completion that of its answer, on the `close` of a WebSocket its close code. */
  readonly status?: number;
  readonly userAgent?: string;
  /** On `abort` and `close` of a completion. */
  readonly tokensSent?: number;
  /** The error of the backend, if it had one. */
  readonly error?: string;
}

/** The things that the parts of the server share. */
export interface ServerContext {
  /** The only accepted key. Undefined: any key that is not empty. */
  readonly key: string | undefined;
  readonly faults: Faults;
  readonly report: (event: Omit<EmulatorEvent, 'at'>) => void;
}
