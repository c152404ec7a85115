import type { OperatorFunction } from 'rxjs';

/** What goes to a worker thread of ours: a job is opened, given values, told that there are no more, or dropped. */
export type ToWorker<Open, In> =
  | { readonly job: number; readonly type: 'open'; readonly open: Open }
  | { readonly job: number; readonly type: 'value'; readonly value: In }
  | { readonly job: number; readonly type: 'done' | 'drop' };

/** What comes back: the job's values, then that it is done or why it failed. */
export type FromWorker<Out> =
  | { readonly job: number; readonly type: 'value'; readonly value: Out }
  | { readonly job: number; readonly type: 'done' }
  | { readonly job: number; readonly type: 'error'; readonly code: string; readonly message: string };

/** What a worker thread does with a job: values in, values out, state of its own. */
export type Work<Open, In, Out> = (open: Open) => OperatorFunction<In, Out>;
