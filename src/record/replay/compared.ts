import type { AgentEvent } from '../../../operators/events.ts';

/** The first thing in which two calls differ. */
export interface Difference {
  /** What happened then; nothing where something more happens today. */
  readonly recorded?: AgentEvent;
  /** What happens today. */
  readonly replayed?: AgentEvent;
  /** The fields that differ; none where one of them is missing. */
  readonly fields: readonly string[];
}

export interface ComparedConfig {
  /** When the recorded call was left: what happens at that time may be missing. */
  readonly leftAt?: number | undefined;
  /** Words are placeholders: of texts only the shape counts. */
  readonly redacted?: boolean;
}

/** By how much clocks and timers of a machine under load may differ from those of virtual time. */
export const toleranceMs = 100;

/** How far the machine was heard is told by the clock, and where it was cut words may begin in between. */
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
 * Holds the events of a replay against those of its recording. The outcome is the same if each turn, each reply and all the rest
 * went through the same events, with the same words, at the same time to within 100 ms. Between two of them order does not count, nor do `Heard`
 * and how events are numbered: timers of a real machine are not those of virtual time.
 */
export function compared(
  recorded: readonly AgentEvent[],
  replayed: readonly AgentEvent[],
  config: ComparedConfig = {},
): { readonly difference?: Difference; readonly shiftMs: number } {
  const { leftAt = Infinity } = config;
  const lanes = [lanesOf(recorded), lanesOf(replayed)] as const;
  const cuts = cutsOf(recorded, replayed);
  let shiftMs = 0;
  const found: Difference[] = [];
  for (const lane of new Set([...lanes[0].keys(), ...lanes[1].keys()])) {
    const [then, now] = [lanes[0].get(lane) ?? [], lanes[1].get(lane) ?? []];
    for (let at = 0; at < Math.max(then.length, now.length); at++) {
      const [one, other] = [then[at], now[at]];
      if (!one || !other) {
        const odd = one ?? other;
        if (odd && odd.at < Math.min(leftAt, cutAtOf(odd, cuts)) - toleranceMs)
          found.push({ ...(one && { recorded: one }), ...(other && { replayed: other }), fields: [] });
        break;
      }
      const fields = differing(one, other, config);
      if (fields.length > 0) {
        if (Math.min(one.at, other.at) < leftAt - toleranceMs) found.push({ recorded: one, replayed: other, fields });
        break;
      }
      shiftMs = Math.max(shiftMs, Math.abs(one.at - other.at));
    }
  }
  const [difference] = found.toSorted((one, other) => atOf(one) - atOf(other));
  return { shiftMs, ...(difference && { difference }) };
}

const atOf = ({ recorded, replayed }: Difference) => Math.min(recorded?.at ?? Infinity, replayed?.at ?? Infinity);

/** The events of each turn and of each reply, and the rest. */
function lanesOf(events: readonly AgentEvent[]): ReadonlyMap<string, readonly AgentEvent[]> {
  const lanes = new Map<string, AgentEvent[]>();
  for (const event of events) {
    if (event.type === 'Heard') continue;
    const name = laneOf(event);
    const lane = lanes.get(name) ?? [];
    lanes.set(name, lane);
    lane.push(event);
  }
  return lanes;
}

/** What the model and the voice do keeps no step with what the caller does. */
function laneOf(event: AgentEvent): string {
  if (event.type === 'Token') return `tokens ${event.reply}`;
  if (event.type === 'Sentence' || event.type === 'AudioStarted') return `speech ${event.reply}`;
  if ('reply' in event) return `reply ${event.reply}`;
  if ('turn' in event) return `turn ${event.turn}`;
  return 'stage' in event ? event.stage : '';
}

/** When replies were cut short: what came in the last moment before may be missing. */
function cutsOf(...calls: readonly (readonly AgentEvent[])[]): ReadonlyMap<number, number> {
  const cuts = calls.flat().filter((event) => event.type === 'DraftDropped' || event.type === 'ReplyEnded');
  return new Map(cuts.flatMap((event) => (event.type === 'DraftDropped' || event.interrupted ? [[event.reply, event.at]] : [])));
}

const cutAtOf = (event: AgentEvent, cuts: ReadonlyMap<number, number>): number =>
  event.type === 'Token' || event.type === 'Sentence' || event.type === 'AudioStarted'
    ? (cuts.get(event.reply) ?? Infinity)
    : Infinity;

type Fields = Readonly<Record<string, unknown>>;

function differing(one: AgentEvent, other: AgentEvent, { redacted = false }: ComparedConfig): readonly string[] {
  if (one.type !== other.type) return ['type'];
  const [then, now]: readonly Fields[] = [{ ...one }, { ...other }];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => {
    const [a, b] = [then?.[name], now?.[name]];
    switch (name) {
      case 'id':
      case 'cause':
        return false;
      case 'tokens':
      case 'characters':
        return false; // `Token` and `Sentence` tell of them
      case 'at':
        return !isNear(a, b);
      case 'heard':
      case 'text':
        if (isCut(one) || one.type === 'SpeechPaused') return !isNearlySaid(String(a), String(b), redacted);
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

/** The one is the beginning of the other, or nearly all of it: a word more or less was heard. */
function isNearlySaid(one: string, other: string, redacted: boolean): boolean {
  const [a, b] = [shaped(one, redacted), shaped(other, redacted)].map((text) => text.slice(1, -1));
  if (a === undefined || b === undefined || !(a.startsWith(b) || b.startsWith(a))) return false;
  return Math.abs(wordsOf(a) - wordsOf(b)) <= 1;
}

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean).length;

function shaped(value: unknown, redacted: boolean): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return redacted ? text.replace(/[\p{L}\p{M}\p{N}]/gu, 'x') : text;
}
