import type { OperatorFunction } from 'rxjs';

/** One WebSocket message: text as a string, binary as bytes. */
export type Frame = string | Uint8Array;

/**
 * A two-way channel of frames: sends each frame of the source, emits each frame of the service.
 *
 * It subscribes to its source once it is open. Completion of the source leaves it open; an error of the source closes it and
 * errors the result. It completes when the service closes as agreed and errors (`WireError`) on any other close. Unsubscribing
 * closes it with 1000, and terminates it after 500 ms.
 */
export type Wire = OperatorFunction<Frame, Frame>;
