import { fromEvent, map, merge, take, tap, type Observable } from 'rxjs';
import { exitCodes } from './subcommand.ts';

/**
 * Emits the exit code when the command has to stop: at Ctrl-C, at SIGTERM, or when the reader of stdout has gone (`| head -1`),
 * which is no failure. A second signal ends the process at once.
 */
export function interruption(): Observable<number> {
  const signal = (name: NodeJS.Signals, code: number) =>
    fromEvent(process, name).pipe(
      take(1),
      // by the signal itself: a thread inside sherpa-onnx keeps process.exit from ending the process
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
