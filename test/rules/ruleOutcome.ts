import type { AgentEvent, Message } from '../../operators/events.ts';
import type { Result } from '../../src/testing/result.ts';
import { column } from './ruleInput.ts';

/** What became of a call, as the lane of this name. */
export function outcome(name: string, result: Result): string {
  const [what = '', which] = name.split(' ');
  const { requests, history } = result;
  switch (what) {
    case 'model':
      return modelLane(result);
    case 'agent':
      return agentLane(result);
    case 'turns':
      return lane(result, { TurnTaken: 'T', TurnIgnored: 'i' });
    case 'drafts':
      return lane(result, { DraftStarted: 'd', DraftDropped: 'x', ReplyStarted: 'k' });
    case 'said':
      return lane(result, { Sentence: 'S' });
    case 'idle':
      return lane(result, { Idle: 'i' });
    case 'call':
      return callLane(result);
    case 'ignored':
      return collect(result, (event) => event.type === 'TurnIgnored' && event.reason);
    case 'dropped':
      return collect(result, (event) => event.type === 'DraftDropped' && event.reason);
    case 'failed':
      return collect(result, (event) => event.type === 'Failure' && `${event.stage} ${event.code}`, ', ');
    case 'memory':
      return dialogue(history);
    case 'asked':
      return dialogue(requests[Number(which) - 1]?.messages ?? []);
    case 'at':
      return collect(result, (event) => event.at === Number(which) * column && !quiet.has(event.type) && event.type);
    default:
      throw new Error(`There is no lane ${name}.`);
  }
}

/** What a chart does not speak of. */
const quiet: ReadonlySet<string> = new Set(['Heard', 'Token', 'Latency', 'Connected', 'AudioStarted']);

const collect = ({ events }: Result, toText: (event: AgentEvent) => string | false, by = ' ') =>
  events.flatMap((event) => toText(event) || []).join(by);

const dialogue = (messages: readonly Message[]) =>
  messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content, interrupted }) => `${role === 'user' ? '>' : '<'} ${content}${interrupted ? '…' : ''}`)
    .join(' ');

type Put = (mark: string, at: number) => void;

function draw(body: (put: Put) => void): string {
  const cells: string[] = [];
  body((mark, at) => {
    const cell = Math.floor(at / column);
    while (cells.length <= cell) cells.push(' ');
    cells[cell] = mark;
  });
  return cells.join('').trimEnd();
}

function lane({ events }: Result, marks: Partial<Record<AgentEvent['type'], string>>): string {
  return draw((put) => {
    for (const event of events) {
      const mark = marks[event.type];
      if (mark !== undefined && !(event.type === 'ReplyStarted' && !event.drafted)) put(mark, event.at);
    }
  });
}

function modelLane({ requests, events }: Result): string {
  const end = events.at(-1)?.at ?? 0;
  return draw((put) => {
    for (const { at, draft, abortedAt, endedAt } of requests) {
      const over = abortedAt ?? endedAt ?? end;
      for (let now = at; now < over || now === at; now += column) put(draft ? '~' : '=', now);
      for (let now = abortedAt ?? Infinity; now < (endedAt ?? end); now += column) put(',', now);
      if (abortedAt !== undefined) put('x', abortedAt);
    }
  });
}

function agentLane({ events, heard }: Result): string {
  const texts = new Map<number, string>();
  for (const event of events) if (event.type === 'Sentence') texts.set(event.reply, (texts.get(event.reply) ?? '') + event.text);
  const said = new Map<number, number>();
  return draw((put) => {
    for (const paused of events) {
      if (paused.type !== 'SpeechPaused') continue;
      const over = events.find(
        ({ id, ...event }) => id > paused.id && 'reply' in event && event.reply === paused.reply && ends.has(event.type),
      );
      for (let now = paused.at; now < (over?.at ?? paused.at + 1); now += column) put('-', now);
    }
    for (const { reply, from, to } of heard) {
      const text = (texts.get(reply) ?? '').trim().replaceAll(' ', '_');
      let next = said.get(reply) ?? 0;
      for (let now = from; now < to; now += column) put(text[next++] ?? '_', now);
      said.set(reply, next);
    }
  });
}

const ends: ReadonlySet<string> = new Set(['SpeechResumed', 'ReplyEnded']);

function callLane({ events }: Result): string {
  const closed = events.find(({ type }) => type === 'Closed')?.at ?? 0;
  return draw((put) => {
    for (let now = 0; now < closed; now += column) put('-', now);
    put('|', closed);
  });
}
