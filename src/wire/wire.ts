import type { OperatorFunction } from 'rxjs';

/** One WebSocket message: text as a string, anything binary as bytes. */
export type Frame = string | Uint8Array;

/**
 * A two-way channel of frames: sends each frame of the source, emits each frame of the far side.
 *
 * It subscribes to its source once it is open. Completion of the source leaves it open; an error of the source hangs up
 * and errors the result. It completes when the far side closes as agreed, errors (`WireError`) when it closes otherwise.
 * Unsubscribing closes it with 1000, and for good after 500 ms.
 */
export type Wire = OperatorFunction<Frame, Frame>;
