import { defer, finalize, identity, ignoreElements, tap, type Observable } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import { Figures } from './figures.ts';
import { colorsFor } from './paint.ts';
import { printer } from './print.ts';
import type { RunSettings } from './settings.ts';
import { view } from './view.ts';

/** What a run says, and where: all on stdout, but with `--json` the events alone there and the rest on stderr. */
export interface RunReport {
  /** Names the far sides. */
  readonly begins: (sides: string) => void;
  /** Tells what happens; completes with the call. */
  readonly tells: (events: Observable<AgentEvent>) => Observable<never>;
  /** Says what it came to, and where the file is. `whole`: the recording was heard to its end, so that silence means silence. */
  readonly ends: (whole: boolean) => void;
  /** Says where the page is that shows it. */
  readonly draws: (page: string) => void;
}

export function runReport(
  settings: Pick<RunSettings, 'input' | 'output' | 'record' | 'speed' | 'json' | 'quiet'>,
  callerMs: number,
): RunReport {
  const { input, output, record, speed, json, quiet } = settings;
  const { stdout, stderr } = process;
  const colors = colorsFor(stdout);
  const figures = new Figures();
  const say = (line: string) => void (json ? stderr : stdout).write(`${line}\n`);

  const inRows = (events: Observable<AgentEvent>): Observable<unknown> =>
    defer(() => {
      const { show, end } = printer(stdout);
      const config = { colors, width: () => (stdout.isTTY ? stdout.columns || 80 : Infinity), totalMs: callerMs / speed };
      return events.pipe(view(config), tap(show), finalize(end));
    });
  const asJson = (events: Observable<AgentEvent>): Observable<unknown> =>
    events.pipe(tap((event) => stdout.write(`${JSON.stringify(event)}\n`)));
  const told = json ? asJson : quiet ? identity : inRows;

  return {
    begins: (sides) => {
      if (!quiet) say(json ? sides : `${colors.bold(sides)}\n`);
    },
    tells: (events) => told(events.pipe(tap((event) => figures.see(event)))).pipe(ignoreElements()),
    ends: (whole) => {
      const table = json || quiet ? '' : figures.table(colors, speed);
      if (table !== '') say(`\nMilliseconds from the end of each turn:\n\n${table}\n`);
      if (figures.turns > 0) {
        if (!json) say(figures.summary());
      } else if (whole) say(`No turn was heard in ${input}: it is silent, or holds no speech.`);
      const drafts = json || quiet ? '' : figures.drafts();
      if (drafts !== '') say(colors.dim(drafts));
      if (!(json && quiet)) say(`The call, caller left and agent right: ${output}`);
      if (!quiet && record !== undefined) say(`The recording: ${record}`);
    },
    draws: (page) => {
      if (!quiet) say(`The timeline: ${page}`);
    },
  };
}
