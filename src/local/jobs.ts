import type { OperatorFunction } from 'rxjs';

/** What goes to a worker thread of ours: a job is opened, given values, told that there are no more, or dropped; or the end. */
export type ToWorker<Open, In> =
  | { readonly type: 'end' }
  | { readonly job: number; readonly type: 'open'; readonly open: Open }
  | { readonly job: number; readonly type: 'value'; readonly value: In }
  | { readonly job: number; readonly type: 'done' | 'drop' };

/** What comes back: the job's values, then that it is done or why it failed. */
export type FromWorker<Out> =
  | { readonly job: number; readonly type: 'value'; readonly value: Out }
  | { readonly job: number; readonly type: 'done' }
  | { readonly job: number; readonly type: 'error'; readonly code: string; readonly message: string };

/** What a thread of ours is started with, besides what its work needs. */
export interface Started {
  /** Not 0 once the thread is to end. It reads this between two steps: a message would wait behind the audio not yet heard. */
  readonly ended: Int32Array;
}

/** What a worker thread does with a job: values in, values out, state of its own. */
export type Work<Open, In, Out> = (open: Open) => OperatorFunction<In, Out>;
