import type { Faults } from '../faults/faults.ts';

/** What a client did to the emulator. */
export interface EmulatorEvent {
  /**
   * `upgrade`: a WebSocket was asked for (`status` 101 if granted); `request`: a completion was (`status` 200 if it was handed to
   * the backend, else that of the refusal); `clear`: a voice was silenced; `abort`: a completion was given up by the client;
   * `close`: a connection or an answer ended.
   */
  readonly kind: 'upgrade' | 'request' | 'clear' | 'abort' | 'close';
  readonly service: 'listen' | 'speak' | 'chat';
  /** Milliseconds since the server stands. */
  readonly at: number;
  /** An HTTP status, on the `close` of a completion that of its answer; on the `close` of a WebSocket its close code. */
  readonly status?: number;
  readonly userAgent?: string;
  /** On `abort` and `close` of a completion. */
  readonly tokensSent?: number;
  /** What broke, where the backend did. */
  readonly error?: string;
}

/** What the parts of the server share. */
export interface Desk {
  /** The only key accepted; without one, any that is not empty. */
  readonly key: string | undefined;
  /** What goes wrong with whom. */
  readonly faults: Faults;
  readonly tell: (event: Omit<EmulatorEvent, 'at'>) => void;
}
