import type { AgentEvent, Message } from '../../operators/events.ts';
import { remember } from '../../operators/call/history.ts';
import { median } from '../record/replay/voiceTimings.ts';
import { legible } from './paint.ts';

/** Two calls side by side: what they came to in figures, and what was said. */
export function sideBySide(then: readonly AgentEvent[], now: readonly AgentEvent[]): readonly string[] {
  const [one, other] = [figuresOf(then), figuresOf(now)];
  const width = 36;
  const row = (name: string, a: string, b: string) => `${name.padEnd(width)}${a.padStart(10)}${b.padStart(10)}`;
  return [
    row('', 'recorded', 'replayed'),
    ...Object.keys(one).map((name) => row(name, one[name] ?? '', other[name] ?? '')),
    '',
    ...conversation(history(then), history(now)),
  ];
}

function figuresOf(events: readonly AgentEvent[]): Readonly<Record<string, string>> {
  const number = (type: AgentEvent['type']) => String(events.filter((event) => event.type === type).length);
  const calls = events.filter((event) => event.type === 'DraftStarted' || (event.type === 'ReplyStarted' && !event.drafted));
  return {
    'turns taken': number('TurnTaken'),
    'turns ignored': number('TurnIgnored'),
    'replies begun': number('ReplyStarted'),
    'drafts begun': number('DraftStarted'),
    'drafts dropped': number('DraftDropped'),
    'model calls': String(calls.length),
    cuts: number('BargeIn'),
    'end of speech to first sound, ms': waitFrom('endOfSpeech', events),
    'end of turn to first sound, ms': waitFrom('endOfTurn', events),
  };
}

/** The middle one of the waits for the first sound. */
function waitFrom(from: 'endOfSpeech' | 'endOfTurn', events: readonly AgentEvent[]): string {
  const waits = events.flatMap((event) => {
    if (event.type !== 'Latency') return [];
    const [began, sounded] = [event[from], event.firstSound];
    return began === null || sounded === null ? [] : [sounded - began];
  });
  const middle = median(waits);
  return middle === undefined ? '-' : String(Math.round(middle));
}

const history = (events: readonly AgentEvent[]): readonly Message[] => events.flatMap((event) => remember([], event));

/** What both have once, and what only one of them has after a sign: - recorded, + replayed. */
function conversation(then: readonly Message[], now: readonly Message[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(then.length, now.length); at++) {
    const [a, b] = [then[at], now[at]].map((message) => message && said(message));
    if (a === b) lines.push(`  ${a ?? ''}`);
    else lines.push(...(a === undefined ? [] : [`- ${a}`]), ...(b === undefined ? [] : [`+ ${b}`]));
  }
  return lines;
}

const said = ({ role, content, interrupted }: Message) => `${role}: ${legible(content)}${interrupted ? ' --' : ''}`;
