import { defer, finalize, identity, ignoreElements, tap, type Observable } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import { colorsFor } from './colors.ts';
import { Figures } from './figures.ts';
import { liveView } from './liveView.ts';
import { printer } from './printer.ts';
import type { RunSettings } from './settings.ts';
import { columns } from './terminalText.ts';

/** Prints a run on stdout. With `--json` only the events are there, and everything else is on stderr. */
export interface RunOutput {
  readonly services: (summary: string) => void;
  /** Prints the events; completes with them. */
  readonly events: (events: Observable<AgentEvent>) => Observable<never>;
  /** Prints the figures and the files. `toTheEnd`: all of the audio was played, so that no turn means no speech. */
  readonly summary: (toTheEnd: boolean) => void;
  readonly timeline: (path: string) => void;
}

export function runOutput(
  settings: Pick<RunSettings, 'input' | 'output' | 'record' | 'speed' | 'json' | 'quiet'>,
  callerMs: number,
): RunOutput {
  const { input, output, record, speed, json, quiet } = settings;
  const { stdout, stderr } = process;
  const colors = colorsFor(stdout);
  const figures = new Figures();
  const print = (line: string) => void (json ? stderr : stdout).write(`${line}\n`);

  const asRows = (events: Observable<AgentEvent>): Observable<unknown> =>
    defer(() => {
      const { show, end } = printer(stdout);
      return events.pipe(liveView({ colors, width: columns, totalMs: callerMs / speed }), tap(show), finalize(end));
    });
  const asJson = (events: Observable<AgentEvent>): Observable<unknown> =>
    events.pipe(tap((event) => stdout.write(`${JSON.stringify(event)}\n`)));
  const printed = json ? asJson : quiet ? identity : asRows;

  return {
    services: (summary) => {
      if (!quiet) print(json ? summary : `${colors.bold(summary)}\n`);
    },
    events: (events) => printed(events.pipe(tap((event) => figures.see(event)))).pipe(ignoreElements()),
    summary: (toTheEnd) => {
      const table = json || quiet ? '' : figures.table(colors);
      if (table !== '') print(`\nMilliseconds from the end of each turn:\n\n${table}\n`);
      if (figures.turns > 0) {
        if (!json) print(figures.summary());
      } else if (toTheEnd) print(`No turn was found in ${input}: it is silent or contains no speech.`);
      const drafts = json || quiet ? '' : figures.drafts();
      if (drafts !== '') print(colors.dim(drafts));
      if (!(json && quiet)) print(`The call, caller left and agent right: ${output}`);
      if (!quiet && record !== undefined) print(`The recording: ${record}`);
    },
    timeline: (path) => {
      if (!quiet) print(`The timeline: ${path}`);
    },
  };
}
