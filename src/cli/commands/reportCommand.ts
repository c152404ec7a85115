import { inTheField } from '../../../operators/call/ledger.ts';
import { eventsOf } from '../../record/replay/replay.ts';
import { reportOf, type CallsReport } from '../../record/report.ts';
import { colorsFor } from '../colors.ts';
import { exitCodes, type JsonFlag, type Subcommand } from '../subcommand.ts';
import { readRecordingFile } from '../inputFile.ts';
import { count, table, withoutControlCharacters, wrap } from '../terminalText.ts';

export const reportCommand: Subcommand = (command, ends) =>
  command
    .argument('<calls.jsonl...>', 'recordings of `sluice run`')
    .option('--json', 'print the report as one JSON object')
    .action((files: readonly string[], flags: JsonFlag) => ends(report(files, flags)));

function report(files: readonly string[], { json = false }: JsonFlag): number {
  const figures = reportOf(files.map((file) => eventsOf(readRecordingFile(file).lines)));
  process.stdout.write(`${(json ? [JSON.stringify(figures)] : linesOf(figures)).join('\n')}\n`);
  return exitCodes.done;
}

function linesOf({ calls, turns, ignored, replies, unheard, cancelled, cut, bargeIns, latency, drafts, failures }: CallsReport) {
  const heard = `${count(replies, 'reply', 'replies')}: ${cancelled} cancelled, ${unheard - cancelled} unheard, ${cut} cut`;
  const rows = Object.entries(latency).map(([name, spread]) => {
    const { count = 0, p50, p95, longest } = spread ?? {};
    return [name, count, ...[p50, p95, longest].map((ms) => (ms === undefined ? '-' : Math.round(ms)))];
  });
  return [
    `${count(calls, 'call')}, ${count(turns, 'turn')}, ${total(ignored)} ignored${reasons(ignored)}; ${heard}, ${count(bargeIns, 'barge-in')}`,
    '',
    ...table(['ms', 'known', 'p50', 'p95', 'longest'], rows),
    '',
    ...draftLines(drafts),
    '',
    ...(failures.length === 0 ? ['No failures.'] : ['Failures:']),
    ...failures.map(({ stage, code, recovered, count }) => {
      const fate = recovered ? '' : ', not recovered';
      return `${String(count).padStart(6)}  ${stage} ${withoutControlCharacters(code)}${fate}`;
    }),
  ];
}

function draftLines({ started, kept, dropped, tokensInVain, charactersInVain, wonMs, won, shed }: CallsReport['drafts']) {
  if (started + shed.drafts === 0) return ['No drafts.'];
  const gain = won === 0 ? 'nothing' : `${Math.round(wonMs / won)} ms a turn, on ${count(won, 'turn')}`;
  return [
    `${count(started, 'draft')}: ${kept} kept, ${total(dropped)} dropped${reasons(dropped)}`,
    `In vain: ${count(tokensInVain, 'token')}, ${count(charactersInVain, 'character')} of speech. Won: ${gain}.`,
    ...(shed.drafts + shed.speech === 0
      ? []
      : [`Shed, to keep a budget: ${count(shed.drafts, 'draft')} not started, ${shed.speech} not spoken early.`]),
    ...wrap(inTheField, 98).map(colorsFor(process.stdout).dim),
  ];
}

type Counts = Readonly<Record<string, number>>;

const total = (counts: Counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);

function reasons(counts: Counts): string {
  const given = Object.entries(counts).filter(([, number]) => number > 0);
  return given.length === 0 ? '' : ` (${given.map(([reason, number]) => `${reason} ${number}`).join(', ')})`;
}
