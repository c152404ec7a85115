import type { OperatorFunction } from 'rxjs';

/** Messages to a worker thread: a job is opened, gets values, has no more values, or is dropped; or the thread ends. */
export type ToWorker<Open, In> =
  | { readonly type: 'end' }
  | { readonly job: number; readonly type: 'open'; readonly open: Open }
  | { readonly job: number; readonly type: 'value'; readonly value: In }
  | { readonly job: number; readonly type: 'done' | 'drop' };

/** Messages from a worker thread: the values of a job, then its end or its error. */
export type FromWorker<Out> =
  | { readonly job: number; readonly type: 'value'; readonly value: Out }
  | { readonly job: number; readonly type: 'done' }
  | { readonly job: number; readonly type: 'error'; readonly code: string; readonly message: string };

/** Part of the `workerData` of each worker thread. */
export interface Started {
  /** Not 0 when the thread must end. The thread reads it between two steps; a message would wait behind the queued audio. */
  readonly ended: Int32Array;
}

/** Runs one job in a worker thread, with its own state. */
export type Work<Open, In, Out> = (open: Open) => OperatorFunction<In, Out>;
