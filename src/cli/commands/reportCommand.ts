import Table from 'cli-table3';
import { inTheField } from '../../../operators/call/ledger.ts';
import { eventsOf } from '../../record/replay/replay.ts';
import { reportOf, type CallsReport, type Spread } from '../../record/report.ts';
import { exitCodes } from '../commandError.ts';
import { noLines } from '../figures.ts';
import { colorsFor, count, legible, wrap } from '../paint.ts';
import { recordingOf } from '../recordingOf.ts';

/** `sluice report`: what recorded calls came to, all together. */
export function report(files: readonly string[], { json = false }: { readonly json?: boolean }): number {
  const sum = reportOf(files.map((file) => eventsOf(recordingOf(file).lines)));
  process.stdout.write(`${(json ? [JSON.stringify(sum)] : account(sum)).join('\n')}\n`);
  return exitCodes.done;
}

function account({ calls, turns, ignored, replies, unheard, cut, bargeIns, latency, drafts, failures }: CallsReport) {
  const { dim } = colorsFor(process.stdout);
  const { started, kept, dropped, tokensInVain, charactersInVain, wonMs, won, shed } = drafts;
  const why = (reasons: Readonly<Record<string, number>>) => {
    const told = Object.entries(reasons).filter(([, number]) => number > 0);
    return told.length === 0 ? '' : ` (${told.map(([reason, number]) => `${reason} ${number}`).join(', ')})`;
  };
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, one) => sum + one, 0);
  const heard = `${count(replies, 'reply', 'replies')}, ${unheard} unheard, ${cut} cut`;
  return [
    `${count(calls, 'call')}, ${count(turns, 'turn')}, ${total(ignored)} ignored${why(ignored)}; ${heard}, ${count(bargeIns, 'barge-in')}`,
    '',
    ...table(Object.entries(latency)),
    '',
    ...(started + shed.drafts === 0
      ? ['No drafts.']
      : [
          `${count(started, 'draft')}: ${kept} kept, ${total(dropped)} dropped${why(dropped)}`,
          `In vain: ${count(tokensInVain, 'token')}, ${count(charactersInVain, 'character')} of speech. ` +
            `Won: ${won === 0 ? 'nothing' : `${Math.round(wonMs / won)} ms a turn, on ${count(won, 'turn')}`}.`,
          ...shedding(shed),
          ...wrap(inTheField, 98).map(dim),
        ]),
    '',
    ...(failures.length === 0 ? ['No failures.'] : ['Failures:']),
    ...failures.map(
      ({ stage, code, recovered, count }) =>
        `${String(count).padStart(6)}  ${stage} ${legible(code)}${recovered ? '' : ', not recovered'}`,
    ),
  ];
}

/** What was shed, if anything was. */
const shedding = ({ drafts, speech }: CallsReport['drafts']['shed']): readonly string[] =>
  drafts + speech === 0 ? [] : [`Shed, to keep a budget: ${count(drafts, 'draft')} not begun, ${speech} not spoken early.`];

function table(rows: readonly (readonly [string, Spread | null])[]): readonly string[] {
  const drawn = new Table({
    head: ['ms', 'known', 'p50', 'p95', 'longest'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const [name, spread] of rows) {
    const { count = 0, p50, p95, longest } = spread ?? {};
    drawn.push([name, `${count}`, ...[p50, p95, longest].map((ms) => (ms === undefined ? '-' : `${Math.round(ms)}`))]);
  }
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
