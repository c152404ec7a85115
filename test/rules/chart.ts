import { expect } from 'vitest';
import type { AgentEvent, Message } from '../../operators/events.ts';
import type { ControlRow, FluxRow, ModelScript, Scenario, SpeechScript } from '../../src/emulator/scenario.ts';
import type { AgentOptions } from '../../src/options.ts';
import type { Result } from '../../src/testing/result.ts';
import { simulate, type SimulateConfig } from '../../src/testing/simulate.ts';

/** What a chart does not show. */
export interface Story extends Pick<Scenario, 'reconnectMs' | 'untilMs'>, Pick<SimulateConfig, 'stages'> {
  readonly replies?: ModelScript['replies'];
  readonly model?: Omit<ModelScript, 'replies'>;
  readonly speech?: SpeechScript;
  readonly options?: AgentOptions;
  /** What the letters of the lane `told` stand for. */
  readonly told?: Readonly<Record<string, Omit<ControlRow, 'at'>>>;
}

/**
 * Plays a call that is drawn as a timing chart, and expects it to come out as drawn. One column is 100 ms. The far sides keep
 * time with it: a model's first token comes after two columns and all others with it, sound one column after its text, and each
 * character takes a column to say, also the space after a sentence.
 *
 *     play(`
 *       caller  s------e---E           a turn: start, eager end, end
 *       words   book a cab             what is said; a word counts from its first letter on
 *       model          ~~              a draft is written
 *       agent              Sure._      and heard as soon as the turn is over
 *       memory  > book a cab < Sure.
 *     `);
 *
 * Lanes that go in:
 * - `caller`: `s` `u` `e` `r` `E` as in `turns`, `X` a lost connection, `!` Flux's last error, `|` the end of the audio (else 1 s after the last mark).
 *   `s` begins the next turn. `turn 3`: the same for one turn, whatever the order.
 * - `words` of the lane above it. `=a few words`: all words of the turn so far are corrected to these, up to two spaces.
 * - `told`: controls, each letter explained in the story.
 *
 * Lanes that come out, compared if they are drawn:
 * - `model`: `~` writes a draft, `=` the answer to a turn that is over, `x` aborted, `,` goes on all the same.
 * - `agent`: what is heard, a space as `_`; `-` paused.
 * - `turns`: `T` taken, `i` ignored. `drafts`: `d` started, `x` dropped, `k` kept.
 * - `said`: `S` a sentence is handed to speech. `idle`: `i`. `call`: until it closes, `|`.
 * - `ignored` `dropped` `failed`: the reasons, in order. `memory`: the history; `>` caller, `<` agent, `…` interrupted.
 *   `asked 2`: what the second request was sent. `at 9`: what happened in the tick of that column.
 */
export function play(picture: string, story: Story = {}): Result {
  const result = draws(picture, story);
  expect(result.violations).toEqual([]);
  return result;
}

/** The same of a call that is left at `untilMs`: nothing of it may go on. */
export function leave(picture: string, story: Story): void {
  expect(draws(picture, story).violations.map(({ rule }) => rule)).toEqual(['unfinished']);
}

function draws(picture: string, story: Story): Result {
  const lanes = read(picture);
  const result = simulate(scenarioOf(lanes, story), {
    ...(story.options && { options: story.options }),
    ...(story.stages && { stages: story.stages }),
  });
  const drawn = lanes.map(({ name, body }) => written({ name, body: outcome(name, result) ?? body }));

  expect(`\n${drawn.join('\n')}\n`).toBe(`\n${lanes.map(written).join('\n')}\n`);
  return result;
}

const column = 100;
const margin = 8;

interface Lane {
  readonly name: string;
  readonly body: string;
}

const written = ({ name, body }: Lane) => `${name.padEnd(margin)}${body}`.trimEnd();

function read(picture: string): readonly Lane[] {
  const lines = picture.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => ({ name: line.slice(indent, indent + margin).trim(), body: line.slice(indent + margin).trimEnd() }));
}

// What goes in

const events: Readonly<Record<string, string>> = {
  s: 'StartOfTurn',
  u: 'Update',
  e: 'EagerEndOfTurn',
  r: 'TurnResumed',
  E: 'EndOfTurn',
};

/** What Flux says of a turn, by its letter in the lane `caller`. */
export const turnInfo = (at: number, mark: string, transcript: string, turn = 0): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event: events[mark], turn_index: turn, transcript },
});

function scenarioOf(lanes: readonly Lane[], { replies, model, speech, told = {}, reconnectMs, untilMs }: Story): Scenario {
  const flux = lanes.flatMap((lane, k) => rowsOf(lane, lanes[k + 1])).sort((one, other) => one.at - other.at);
  const controls = lanes
    .filter(({ name }) => name === 'told')
    .flatMap(({ body }) => marksOf(body))
    .map(({ mark, at }) => ({ at: at * column, ...told[mark] }));
  const end = lanes.find(({ name }) => name === 'caller')?.body.indexOf('|') ?? -1;
  return {
    flux,
    controls,
    model: { firstTokenMs: 2 * column, tokenMs: 0, ...model, ...(replies && { replies }) },
    speech: { firstAudioMs: column, msPerChar: column, ...speech },
    ...(end >= 0 && { endAt: end * column }),
    ...(reconnectMs !== undefined && { reconnectMs }),
    ...(untilMs !== undefined && { untilMs }),
  };
}

function rowsOf({ name, body }: Lane, below: Lane | undefined): readonly FluxRow[] {
  const one = /^turn (\d+)$/.exec(name);
  if (name !== 'caller' && !one) return [];
  const words =
    below?.name === 'words'
      ? [...below.body.matchAll(/=(?:\S| (?=\S))*|\S+/g)].map((word) => ({ text: word[0], at: word.index }))
      : [];
  let turn = Number(one?.[1] ?? -1);
  let from = 0;

  return marksOf(body).flatMap(({ mark, at }): readonly FluxRow[] => {
    if (mark === '|') return [];
    if (mark === 'X') {
      turn = -1;
      return [{ at: at * column, drop: true }];
    }
    if (mark === '!') return [{ at: at * column, error: { code: 'NET-0000' } }];
    if (mark === 's' && !one) {
      turn++;
      from = at;
    }
    const said = words.filter((word) => word.at >= from && word.at <= at).map(({ text }) => text);
    const corrected = said.slice(
      Math.max(
        0,
        said.findLastIndex((text) => text.startsWith('=')),
      ),
    );
    return [turnInfo(at * column, mark, corrected.join(' ').replace('=', ''), Math.max(0, turn))];
  });
}

const marksOf = (body: string) => [...body.matchAll(/[^\s-]/g)].map(({ 0: mark, index: at }) => ({ mark, at }));

// What comes out

function outcome(name: string, result: Result): string | undefined {
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
      return told(result, (event) => event.type === 'TurnIgnored' && event.reason);
    case 'dropped':
      return told(result, (event) => event.type === 'DraftDropped' && event.reason);
    case 'failed':
      return told(result, (event) => event.type === 'Failure' && `${event.stage} ${event.code}`, ', ');
    case 'memory':
      return dialogue(history);
    case 'asked':
      return dialogue(requests[Number(which) - 1]?.messages ?? []);
    case 'at':
      return told(result, (event) => event.at === Number(which) * column && !quiet.has(event.type) && event.type);
    default:
      return undefined;
  }
}

/** What a chart does not speak of. */
const quiet: ReadonlySet<string> = new Set(['Heard', 'Token', 'Latency', 'Connected', 'AudioStarted']);

const told = ({ events }: Result, tell: (event: AgentEvent) => string | false, by = ' ') =>
  events.flatMap((event) => tell(event) || []).join(by);

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
