import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { SluiceError } from '../errors.ts';
import type { FromWorker, Started, ToWorker } from './jobs.ts';

export interface Thread<Open, In, Out> {
  /**
   * Runs a job on the thread, as an operator: sends the values of the source, emits the values that come back, in order. The
   * first job starts the thread. Completion and unsubscription are passed on. Errors are `SluiceError`s, with the code
   * `engine-failed` if the thread itself broke. The thread keeps the process alive only while it has a job.
   */
  readonly job: (open: Open) => OperatorFunction<In, Out>;
  /**
   * Ends the thread; its jobs complete without further values. A later job starts a new one. Resolves when the thread has ended
   * between two steps of its work: stopping a thread inside sherpa-onnx would end the whole process.
   */
  readonly close: () => Promise<void>;
}

/** A worker thread that runs `file` (`./recogniser.worker`: beside this file, without extension). The first job starts it. */
export function thread<Open, In, Out>(file: string, data: () => object): Thread<Open, In, Out> {
  const jobs = new Map<number, Subscriber<Out>>();
  let worker: Worker | undefined;
  let ended: Int32Array;
  let last = 0;

  function launch(): Worker {
    ended = new Int32Array(new SharedArrayBuffer(4));
    const begun = start(file, { ...data(), ended });
    begun.on('message', (message: FromWorker<Out>) => deliver(jobs.get(message.job), message));
    begun.on('error', (cause: unknown) => fail(begun, cause));
    begun.on('exit', () => fail(begun, undefined));
    worker = begun;
    return begun;
  }

  function fail(broken: Worker, cause: unknown): void {
    if (worker !== broken) return;
    worker = undefined;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    for (const job of [...jobs.values()]) job.error(new SluiceError('engine-failed', `A local engine stopped${why}`, { cause }));
  }

  return {
    job: (open) => (source) =>
      new Observable((subscriber) => {
        const at = (worker ??= launch());
        const job = (last += 1);
        const send = (message: ToWorker<Open, In>) => at.postMessage(message);
        jobs.set(job, subscriber);
        at.ref();
        send({ job, type: 'open', open });
        subscriber.add(() => {
          jobs.delete(job);
          send({ job, type: 'drop' });
          if (jobs.size === 0) at.unref();
        });
        subscriber.add(
          source.subscribe({
            next: (value) => send({ job, type: 'value', value }),
            error: (error: unknown) => subscriber.error(error),
            complete: () => send({ job, type: 'done' }),
          }),
        );
      }),
    close: async () => {
      const closing = worker;
      worker = undefined;
      if (closing) Atomics.store(ended, 0, 1);
      for (const job of [...jobs.values()]) job.complete();
      if (!closing) return;
      const gone = new Promise((resolve) => closing.once('exit', resolve));
      closing.ref();
      closing.postMessage({ type: 'end' } satisfies ToWorker<Open, In>);
      await gone;
    },
  };
}

function deliver<Out>(subscriber: Subscriber<Out> | undefined, message: FromWorker<Out>): void {
  if (message.type === 'value') subscriber?.next(message.value);
  else if (message.type === 'done') subscriber?.complete();
  else subscriber?.error(new SluiceError(message.code, message.message));
}

/**
 * In the built package the thread runs `.js`. From source it runs `.ts` and must register tsx itself: `--import tsx` in
 * `execArgv` has no effect in a worker of Node 20.
 */
function start(file: string, workerData: Started): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`${file}.js`, import.meta.url), { workerData });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const register = JSON.stringify(new URL('dist/esm/api/index.mjs', tsx).href);
  const source = JSON.stringify(new URL(`${file}.ts`, import.meta.url).href);
  const begin = `import { register } from ${register}; register(); await import(${source});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(begin)}`), { workerData });
}
