import type { ControlRow, FluxRow, ModelScript, Scenario, SpeechScript } from '../../src/emulator/scenario/scenario.ts';
import type { AgentOptions } from '../../src/agent/options.ts';
import type { SimulateConfig } from '../../src/testing/simulate.ts';

/** The parts of a call that a chart does not show. */
export interface Story extends Pick<Scenario, 'faults' | 'reconnectMs' | 'untilMs'>, Pick<SimulateConfig, 'stages'> {
  readonly replies?: ModelScript['replies'];
  readonly model?: Omit<ModelScript, 'replies'>;
  readonly speech?: SpeechScript;
  readonly options?: AgentOptions;
  /** The meaning of the letters in the lane `control`. */
  readonly controls?: Readonly<Record<string, Omit<ControlRow, 'at'>>>;
}

/** The ms of a column, and the width of the lane names. */
export const column = 100;
export const margin = 8;

export interface Lane {
  readonly name: string;
  readonly body: string;
}

/** The lanes of a chart. */
export function read(picture: string): readonly Lane[] {
  const lines = picture.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => ({ name: line.slice(indent, indent + margin).trim(), body: line.slice(indent + margin).trimEnd() }));
}

/** Whether a lane is input to the agent. */
export const isInput = (name: string): boolean => /^(caller|turn \d+|words|control)$/.test(name);

const events: Readonly<Record<string, string>> = {
  s: 'StartOfTurn',
  u: 'Update',
  e: 'EagerEndOfTurn',
  r: 'TurnResumed',
  E: 'EndOfTurn',
};

/** A message of Flux about a turn, by its letter in the lane `caller`. */
export const turnInfo = (at: number, mark: string, transcript: string, turn = 0): FluxRow => ({
  at,
  message: { type: 'TurnInfo', event: known(events, mark), turn_index: turn, transcript },
});

/** The scenario of a chart. */
export function scenarioOf(
  lanes: readonly Lane[],
  { replies, model, speech, controls: meanings = {}, ...story }: Story,
): Scenario {
  const flux = lanes.flatMap((lane, k) => rowsOf(lane, lanes[k + 1])).sort((one, other) => one.at - other.at);
  const controls = lanes
    .filter(({ name }) => name === 'control')
    .flatMap(({ body }) => marksOf(body))
    .map(({ mark, at }) => ({ at: at * column, ...known(meanings, mark) }));
  const end = lanes.find(({ name }) => name === 'caller')?.body.indexOf('|') ?? -1;
  return {
    flux,
    controls,
    model: { firstTokenMs: 2 * column, tokenMs: 0, ...model, ...(replies && { replies }) },
    speech: { firstAudioMs: column, msPerChar: column, ...speech },
    ...(end >= 0 && { endAt: end * column }),
    ...(story.faults && { faults: story.faults }),
    ...(story.reconnectMs !== undefined && { reconnectMs: story.reconnectMs }),
    ...(story.untilMs !== undefined && { untilMs: story.untilMs }),
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
    if (mark === 'X' || mark === '!') {
      turn = -1;
      return [{ at: at * column, ...(mark === 'X' ? { drop: true } : { error: { code: 'NET-0000' } }) }];
    }
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

function known<T>(legend: Readonly<Record<string, T>>, mark: string): T {
  const meaning = legend[mark];
  if (meaning === undefined) throw new Error(`The story does not explain the letter  of the chart.`);
  return meaning;
}
