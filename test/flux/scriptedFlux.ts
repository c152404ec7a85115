import { catchError, finalize, ignoreElements, merge, of, Subject, takeUntil, tap, type Observable } from 'rxjs';
import { expect } from 'vitest';
import type { AudioChunk, Failure, ListenEvent } from '../../operators/events.ts';
import type { SluiceError } from '../../src/errors.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';
import { events, info, worked } from './worked.ts';

/** A sent frame: a text frame as its JSON, audio as the number of its bytes. */
export type Sent = unknown;

/**
 * A service drawn as marbles: once connected it emits `says`, and completes or fails with it. The frames
 * it receives are emitted by `sent`, which completes with the wire. Expect `sent` before the result.
 */
export function drawn(says: Observable<Frame>): { readonly wire: Wire; readonly sent: Observable<Sent> } {
  const sent = new Subject<Sent>();
  const wire: Wire = (frames) => {
    const over = new Subject<void>();
    const sending = frames.pipe(
      tap((frame) => sent.next(typeof frame === 'string' ? JSON.parse(frame) : frame.length)),
      ignoreElements(),
      takeUntil(over),
    );
    return merge(says.pipe(tap({ complete: () => over.next() })), sending).pipe(finalize(() => sent.complete()));
  };
  return { wire, sent };
}

/** One connection after another; all others are like the last one. */
export function inTurn(...wires: readonly [Wire, ...Wire[]]): Wire {
  let connection = 0;
  return (frames) => frames.pipe(wires[Math.min(connection++, wires.length - 1)] ?? wires[0]);
}

/** Silence of `linear16`: 80 ms at 16 kHz are 2560 bytes. */
export const audioOf = (ms: number, sampleRateHz = 16_000): AudioChunk => ({
  data: new Uint8Array((ms * sampleRateHz * 2) / 1000),
  encoding: 'linear16',
  sampleRateHz,
  channels: 1,
});

/** Options with which the connection is made at subscription. */
export const format = { encoding: 'linear16', sampleRateHz: 16_000 } as const;

/** The input: audio of 80, 120 and 40 ms, and two kinds of control messages. */
export const inputs = {
  a: audioOf(80),
  b: audioOf(120),
  h: audioOf(40),
  F: { type: 'ForceEndTurn' },
  p: { type: 'Configure', eotThreshold: 0.8 },
  q: { type: 'Configure', numerals: true },
} as const;

/** The same on the wire, and the message that ends a session. */
export const sentAs = {
  a: 2560,
  h: 1280,
  F: { type: 'ForceEndTurn' },
  p: { type: 'Configure', thresholds: { eot_threshold: 0.8 } },
  q: { type: 'Configure', numerals: true },
  X: { type: 'CloseStream' },
} as const;

/** Flux's messages: the worked sequence (`C u s v e r w f E U`), and a turn `b` to `d`, answers, a warning, a fatal error. */
export const messages = {
  ...worked,
  b: info('StartOfTurn', 0, 0.08, 'Book', 0.03),
  d: info('EndOfTurn', 0, 0.4, 'Book', 0.8, { trigger: 'model' }),
  m: info('EndOfTurn', 0, 0.4, 'Book', 0.1, { trigger: 'manual' }),
  W: '{"type":"Warning","request_id":"r-1","sequence_id":3,"code":"FORCE_END_TURN_NO_ACTIVE_TURN","description":"no turn was open"}',
  O: '{"type":"Error","sequence_id":3,"code":"UNPARSABLE_CLIENT_MESSAGE","description":"unknown message type"}',
  I: '{"type":"Error","sequence_id":3,"code":"INTERNAL_SERVER_ERROR","description":"sorry"}',
  P: '{"type":"ConfigureSuccess","request_id":"r-1","sequence_id":4,"thresholds":{"eot_threshold":0.8,"eot_timeout_ms":5000}}',
  Q: '{"type":"ConfigureFailure","request_id":"r-1","sequence_id":5,"code":"INVALID","description":"no"}',
  N: '{"type":"News"}',
} as const;

/** The same as events. */
export const out = {
  ...events,
  b: { ...events.s, audioEndMs: 80, transcript: 'Book' },
  d: { ...events.E, audioEndMs: 400, transcript: 'Book', confidence: 0.8 },
  m: { ...events.E, audioEndMs: 400, transcript: 'Book', confidence: 0.1, trigger: 'manual' },
  W: { type: 'Warning', stage: 'listen', code: 'FORCE_END_TURN_NO_ACTIVE_TURN', message: 'no turn was open' },
  P: { type: 'Configured', eotThreshold: 0.8, eotTimeoutMs: 5000 },
  Q: { type: 'Warning', stage: 'listen', code: 'INVALID', message: 'no' },
} as const;

/** An error as a value: marbles compare errors by name and message only. */
export const errorAsValue = (result: Observable<ListenEvent>) =>
  result.pipe(
    catchError((error: unknown) => {
      const { code, requestId, retryable } = error as SluiceError;
      return of({ code, requestId, retryable });
    }),
  );

/** The `Failure` of an error after which the call goes on. */
export const failure = (code: string, requestId?: string): Failure => ({
  type: 'Failure',
  stage: 'listen',
  code,
  message: expect.any(String) as string,
  ...(requestId !== undefined && { requestId }),
  recovered: true,
});
