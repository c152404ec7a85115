import { parentPort, workerData } from 'node:worker_threads';
import { Subject } from 'rxjs';
import { SluiceError } from '../errors.ts';
import type { FromWorker, Started, ToWorker, Work } from './jobs.ts';

/**
 * The worker's end of `thread`: runs `work(open)` for each job. Messages that arrive before `work` is ready wait in the port. If
 * it cannot be made ready, each job fails with the reason. The process exits on an `end` message or the `ended` flag.
 */
export async function serve<Open, In, Out>(ready: Promise<Work<Open, In, Out>>): Promise<void> {
  const jobs = new Map<number, Subject<In>>();
  const drops = new Map<number, () => void>();
  const send = (message: FromWorker<Out>) => parentPort?.postMessage(message);
  const work = await ready.catch((error: unknown) => () => () => {
    throw error;
  });

  function open(job: number, settings: Open): void {
    const input = new Subject<In>();
    const end = (message: FromWorker<Out>) => {
      jobs.delete(job);
      drops.delete(job);
      send(message);
    };
    const fail = (error: unknown) => end({ job, type: 'error', ...reason(error) });
    jobs.set(job, input);
    try {
      const subscription = input.pipe(work(settings)).subscribe({
        next: (value) => send({ job, type: 'value', value }),
        error: fail,
        complete: () => end({ job, type: 'done' }),
      });
      if (jobs.has(job)) drops.set(job, () => subscription.unsubscribe());
    } catch (error) {
      fail(error);
    }
  }

  const { ended } = workerData as Started;
  parentPort?.on('message', (message: ToWorker<Open, In>) => {
    if (message.type === 'end' || Atomics.load(ended, 0) !== 0) process.exit();
    else if (message.type === 'open') open(message.job, message.open);
    else if (message.type === 'value') jobs.get(message.job)?.next(message.value);
    else if (message.type === 'done') jobs.get(message.job)?.complete();
    else {
      drops.get(message.job)?.();
      jobs.delete(message.job);
      drops.delete(message.job);
    }
  });
}

function reason(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof SluiceError ? { code: error.code, message } : { code: 'engine-failed', message };
}
