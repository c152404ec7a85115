import { fromEvent, map, merge, take, tap, type Observable } from 'rxjs';
import { exitCodes } from './commandError.ts';

/**
 * The exit code with which to stop, when told to: Ctrl-C, a request to terminate, or a reader of stdout that has gone away
 * (`| head -1`), which is no failure. A second signal ends the process at once.
 */
export function interruption(): Observable<number> {
  const signal = (name: NodeJS.Signals, code: number) =>
    fromEvent(process, name).pipe(
      take(1),
      // By the signal itself: a thread inside sherpa-onnx lets no process exit in peace.
      tap(() => process.once(name, () => process.kill(process.pid, name))),
      map(() => code),
    );
  return merge(signal('SIGINT', exitCodes.interrupted), signal('SIGTERM', exitCodes.terminated), readerGone());
}

function readerGone(): Observable<number> {
  return fromEvent(process.stdout, 'error').pipe(
    map((error) => {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      return exitCodes.done;
    }),
  );
}
