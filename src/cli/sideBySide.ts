import type { AgentEvent, Message } from '../../operators/events.ts';
import { remember } from '../../operators/call/history.ts';
import { reportOf } from '../record/report.ts';
import { withoutControlCharacters } from './terminalText.ts';

/** Compares two calls: their figures side by side, then both conversations. */
export function sideBySide(recorded: readonly AgentEvent[], replayed: readonly AgentEvent[]): readonly string[] {
  const [one, other] = [figuresOf(recorded), figuresOf(replayed)];
  const row = (name: string, a = '', b = '') => `${name.padEnd(36)}${a.padStart(10)}${b.padStart(10)}`;
  return [
    row('', 'recorded', 'replayed'),
    ...Object.keys(one).map((name) => row(name, one[name], other[name])),
    '',
    ...conversations(history(recorded), history(replayed)),
  ];
}

/** Counts, and the medians that `sluice report` prints. */
function figuresOf(events: readonly AgentEvent[]): Readonly<Record<string, string>> {
  const { turns, bargeIns, drafts, latency } = reportOf([events]);
  const number = (type: AgentEvent['type']) => events.filter((event) => event.type === type).length;
  const asked = events.filter((event) => event.type === 'ReplyStarted' && !event.drafted).length;
  const ms = (name: keyof typeof latency) => latency[name]?.p50;
  const figures = {
    'turns taken': turns,
    'turns ignored': number('TurnIgnored'),
    'replies started': number('ReplyStarted'),
    'drafts started': drafts.started,
    'drafts dropped': number('DraftDropped'),
    'model calls': drafts.started + asked,
    'barge-ins': bargeIns,
    'end of speech → first sound, ms': ms('end of speech → first sound'),
    'end of turn → first sound, ms': ms('end of turn → first sound'),
  };
  return Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, figure === undefined ? '-' : `${Math.round(figure)}`]),
  );
}

const history = (events: readonly AgentEvent[]): readonly Message[] => events.flatMap((event) => remember([], event));

/** Messages of both calls; a message of only one of them after a sign: - recorded, + replayed. */
function conversations(recorded: readonly Message[], replayed: readonly Message[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(recorded.length, replayed.length); at++) {
    const [a, b] = [recorded[at], replayed[at]].map((message) => message && lineOf(message));
    if (a === b) lines.push(`  ${a ?? ''}`);
    else lines.push(...(a === undefined ? [] : [`- ${a}`]), ...(b === undefined ? [] : [`+ ${b}`]));
  }
  return lines;
}

const lineOf = ({ role, content, interrupted }: Message) =>
  `${role}: ${withoutControlCharacters(content)}${interrupted ? ' --' : ''}`;
