import type { AgentEvent } from '../../../operators/events.ts';

/** A difference between two calls. */
export interface Difference {
  /** The event of the recorded call; missing where only the other has one. */
  readonly recorded?: AgentEvent;
  /** The event of the replay or simulation. */
  readonly replayed?: AgentEvent;
  /** The fields that differ; none where one of the events is missing. */
  readonly fields: readonly string[];
}

export interface CompareConfig {
  /** When the recorded call was left: from 100 ms before on, events may be missing. Default: never. */
  readonly leftAt?: number | undefined;
  /** Words are placeholders: compares only the shape of texts. */
  readonly redacted?: boolean;
  /** The fields to compare; of an event without any nothing is compared. Default: all but ids. */
  readonly fields?: (event: AgentEvent) => readonly string[] | undefined;
}

/** How much clocks and timers of a busy machine may differ from virtual time. */
const toleranceMs = 100;

/** Fields that depend on the clock. */
const byTheClock: ReadonlySet<string> = new Set([
  'heardMs',
  'gapMs',
  'endOfSpeech',
  'eager',
  'endOfTurn',
  'firstToken',
  'firstAudio',
  'firstSound',
]);

/**
 * Compares two calls turn by turn and reply by reply. They are the same if each turn and each reply has the same events, with the same
 * words, at the same time to within 100 ms. The order between turns and replies, `Heard` and ids do not count: timers of a real machine are
 * not those of virtual time. Where a reply was interrupted, one word more or less may have been heard.
 *
 * Gives the first difference of each turn and reply, in order of time, and the largest shift in time of the other events.
 */
export function compareCalls(
  recorded: readonly AgentEvent[],
  replayed: readonly AgentEvent[],
  config: CompareConfig = {},
): { readonly differences: readonly Difference[]; readonly shiftMs: number } {
  const { leftAt = Infinity } = config;
  const lanes = [lanesOf(recorded, config), lanesOf(replayed, config)] as const;
  const cuts = cutsOf(recorded, replayed);
  const differences: Difference[] = [];
  let shiftMs = 0;
  for (const lane of new Set([...lanes[0].keys(), ...lanes[1].keys()])) {
    const [then, now] = [lanes[0].get(lane) ?? [], lanes[1].get(lane) ?? []];
    for (let at = 0; at < Math.max(then.length, now.length); at++) {
      const [one, other] = [then[at], now[at]];
      const fields = one && other ? differing(one, other, config) : [];
      if (one && other && fields.length === 0) {
        shiftMs = Math.max(shiftMs, Math.abs(one.at - other.at));
        continue;
      }
      const difference = { ...(one && { recorded: one }), ...(other && { replayed: other }), fields };
      const cutAt = one && other ? Infinity : cutAtOf(one ?? other, cuts);
      if (atOf(difference) < Math.min(leftAt, cutAt) - toleranceMs) differences.push(difference);
      break;
    }
  }
  return { differences: differences.toSorted((one, other) => atOf(one) - atOf(other)), shiftMs };
}

const atOf = ({ recorded, replayed }: Difference) => Math.min(recorded?.at ?? Infinity, replayed?.at ?? Infinity);

/** The events of each turn, of each reply, and the rest. */
function lanesOf(events: readonly AgentEvent[], { fields }: CompareConfig): ReadonlyMap<string, readonly AgentEvent[]> {
  const lanes = new Map<string, AgentEvent[]>();
  for (const event of events) {
    if (event.type === 'Heard' || (fields && !fields(event))) continue;
    const name = laneOf(event);
    const lane = lanes.get(name) ?? [];
    lanes.set(name, lane);
    lane.push(event);
  }
  return lanes;
}

/** Model and voice are not in step with the caller, so each has a lane. */
function laneOf(event: AgentEvent): string {
  if (event.type === 'Token') return `tokens ${event.reply}`;
  if (event.type === 'Sentence' || event.type === 'AudioStarted') return `speech ${event.reply}`;
  if ('reply' in event) return `reply ${event.reply}`;
  if ('turn' in event) return `turn ${event.turn}`;
  return 'stage' in event ? event.stage : '';
}

/** When replies were dropped or interrupted: what came just before may be missing. */
function cutsOf(...calls: readonly (readonly AgentEvent[])[]): ReadonlyMap<number, number> {
  const cuts = calls.flat().filter((event) => event.type === 'DraftDropped' || event.type === 'ReplyEnded');
  return new Map(cuts.flatMap((event) => (event.type === 'DraftDropped' || event.interrupted ? [[event.reply, event.at]] : [])));
}

const cutAtOf = (event: AgentEvent | undefined, cuts: ReadonlyMap<number, number>): number =>
  event?.type === 'Token' || event?.type === 'Sentence' || event?.type === 'AudioStarted'
    ? (cuts.get(event.reply) ?? Infinity)
    : Infinity;

type Fields = Readonly<Record<string, unknown>>;

function differing(one: AgentEvent, other: AgentEvent, { redacted = false, fields }: CompareConfig): readonly string[] {
  if (one.type !== other.type) return ['type'];
  const [then, now]: readonly Fields[] = [{ ...one }, { ...other }];
  const names = fields?.(one) ?? new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => {
    const [a, b] = [then?.[name], now?.[name]];
    switch (name) {
      case 'id':
      case 'cause':
        return false;
      case 'tokens':
      case 'characters':
        return false; // `Token` and `Sentence` are compared
      case 'at':
        return !isNear(a, b);
      case 'heard':
      case 'text':
        if (isCut(one) || one.type === 'SpeechPaused') return !isNearlyEqual(String(a), String(b), redacted);
        break;
      default:
        if (byTheClock.has(name) && a !== null && b !== null) return !isNear(a, b);
    }
    return shaped(a, redacted) !== shaped(b, redacted);
  });
}

const isNear = (one: unknown, other: unknown) =>
  typeof one === 'number' && typeof other === 'number' && Math.abs(one - other) <= toleranceMs;

const isCut = (event: AgentEvent) => event.type === 'ReplyEnded' && event.interrupted;

/** One is the beginning of the other, with at most one word less. */
function isNearlyEqual(one: string, other: string, redacted: boolean): boolean {
  const [a, b] = [shaped(one, redacted), shaped(other, redacted)].map((text) => text.slice(1, -1));
  if (a === undefined || b === undefined || !(a.startsWith(b) || b.startsWith(a))) return false;
  return Math.abs(wordsOf(a) - wordsOf(b)) <= 1;
}

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean).length;

function shaped(value: unknown, redacted: boolean): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return redacted ? text.replace(/[\p{L}\p{M}\p{N}]/gu, 'x') : text;
}
