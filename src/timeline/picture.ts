import type { AgentEvent } from '../../operators/events.ts';
import { isKind, type Header } from '../record/file/lines.ts';
import type { Recorded } from '../record/file/readRecording.ts';
import { eventsOf } from '../record/replay/replay.ts';
import { decided, policyAt } from '../record/why.ts';
import { clockOf, loudnessOf, type ClockPoint } from './loudness.ts';
import type { Sound } from './sound.ts';

/** The data of a timeline: everything that its page draws. Times are ms on the clock of the call. */
export interface Picture {
  readonly name: string;
  /** The start of the recording, ISO 8601. */
  readonly time: string;
  readonly versions: Header['versions'];
  readonly durationMs: number;
  /** Remarks on the recording, as sentences. */
  readonly notes: readonly string[];
  /** All events, except `Heard` events that neither add a word nor cause another event. */
  readonly events: readonly AgentEvent[];
  /** The policy behind an event, by the id of the event. */
  readonly policies: Readonly<Record<number, string>>;
  /** The thresholds of Flux, each from its time on. */
  readonly thresholds: readonly Threshold[];
  /** The controls that the agent received, as JSON. */
  readonly controls: readonly { readonly at: number; readonly text: string }[];
  /** The loudness of each side: base64, one byte (0 to 255) for each `stepMs`. */
  readonly loudness: { readonly stepMs: number; readonly caller: string; readonly agent: string };
  /** Pairs of a time in the call and the same time in its sound, ascending; linear in between. */
  readonly clock: readonly ClockPoint[];
  /** The URL of the sound. */
  readonly sound?: string;
}

export interface Threshold {
  readonly at: number;
  readonly endOfTurn: number;
  readonly eager?: number;
}

export function pictureOf({ header, lines, damage }: Recorded, name: string, sound?: Sound): Picture {
  const events = eventsOf(lines);
  const durationMs = lines.reduce((last, { at }) => Math.max(last, at), 0);
  const controls = lines.filter((line) => isKind(line, 'control'));
  const policyOf = ({ at }: AgentEvent) => policyAt({ header, lines: controls }, at);
  return {
    name,
    time: header.time,
    versions: header.versions,
    durationMs,
    notes: notesOf(header, damage, sound),
    events: shownOf(events),
    policies: Object.fromEntries(events.filter(({ type }) => decided.has(type)).map((event) => [event.id, policyOf(event)])),
    thresholds: thresholdsOf(header, events),
    controls: controls.map(({ at, control }) => ({ at, text: JSON.stringify(control) })),
    loudness: loudnessOf(lines, durationMs, header.audio, sound),
    clock: clockOf(lines, header.audio),
    ...(sound && { sound: sound.url }),
  };
}

function notesOf({ redacted, options, audio }: Header, damage: string | undefined, sound: Sound | undefined): readonly string[] {
  return [
    ...(damage === undefined ? [] : [damage]),
    ...(redacted ? ['The words are redacted: other letters replace them.'] : []),
    ...(options.listen?.['emulated'] === true ? ['Flux was emulated: its confidence is computed from silence.'] : []),
    ...(sound ? [] : [`${audio?.file ?? 'The sound'} was not found: bars show when each side was heard.`]),
  ];
}

/** Leaves out the parts of events that the page does not show: a call may last hours. */
function shownOf(events: readonly AgentEvent[]): readonly AgentEvent[] {
  const heard = new Map<number, string>();
  const causes = new Set(events.map(({ cause }) => cause));
  return events.flatMap((event): readonly AgentEvent[] => {
    if (event.type === 'Update') return [{ ...event, words: [] }];
    if (event.type !== 'Heard') return [event];
    const isNew = heard.get(event.reply) !== event.text || causes.has(event.id);
    heard.set(event.reply, event.text);
    return isNew ? [event] : [];
  });
}

/** Flux's default. Without an eager threshold there are no drafts. */
const endOfTurnByDefault = 0.7;

function thresholdsOf({ options }: Header, events: readonly AgentEvent[]): readonly Threshold[] {
  type Fields = Readonly<Record<string, unknown>>;
  const threshold = (at: number, { eotThreshold, eagerEotThreshold }: Fields, before?: Threshold): Threshold => {
    const eager = typeof eagerEotThreshold === 'number' ? eagerEotThreshold : before?.eager;
    return {
      at,
      endOfTurn: typeof eotThreshold === 'number' ? eotThreshold : (before?.endOfTurn ?? endOfTurnByDefault),
      ...(eager !== undefined && { eager }),
    };
  };
  return events
    .filter((event) => event.type === 'Configured')
    .reduce((all, event) => [...all, threshold(event.at, { ...event }, all.at(-1))], [threshold(0, options.listen ?? {})]);
}
