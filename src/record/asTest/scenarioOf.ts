import type { AgentEvent, Message } from '../../../operators/events.ts';
import { remember } from '../../../operators/call/history.ts';
import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { ControlRow, FluxRow, Scenario } from '../../emulator/scenario/scenario.ts';
import type { AgentOptions } from '../../agent/options.ts';
import type { AuraOptions } from '../../tts/aura.ts';
import { connectionsOf, frameOf, type Connection } from '../file/connections.ts';
import { isKind } from '../file/lines.ts';
import type { Recorded } from '../file/readRecording.ts';
import { messageOf } from '../tune/thresholds.ts';
import { askedIn, modelOf } from './modelOf.ts';
import type { Stretch } from './excerpt.ts';
import { voicesOf } from './voiceOf.ts';

/** Options that are not simply those of the recording; a model that is scripted reads no prompt. */
const apart: ReadonlySet<string> = new Set(['system', 'greeting', 'messages']);

/** How many messages of what was said before a stretch are told. */
const mostMessages = 4;

/** A stretch of a recording as scenarios, of which one will fit best: they differ in how fast the voice is. */
export function scenariosOf({ header, lines }: Recorded, stretch: Stretch): readonly Scenario[] {
  const { from, to, isWhole } = stretch;
  const isIn = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const shifted = <T extends { readonly at: number }>(row: T): T => ({ ...row, at: since(row.at, from) });
  const within = lines.filter(isIn);

  const controls: ControlRow[] = within.flatMap((line) => (isKind(line, 'control') ? [{ at: line.at, ...line.control }] : []));
  const agent: AgentOptions = { eager: 'speech', bargeIn: {}, ...header.options.agent };
  const keepsAll = /minDurationMs|stopWords|backchannels|echoGuard/.test(JSON.stringify([agent, controls]));
  const { rows, reconnectMs } = rowsOf(connectionsOf(lines, 'listen'), stretch, { controls, keepsAll });
  const isLeft = controls.some((control) => control.hangUp);
  const ends: readonly ControlRow[] = isWhole || isLeft ? [] : [{ at: to, hangUp: true }];
  const caller = lines.find((line) => isKind(line, 'over') && line.over === 'caller');
  const last = [...rows, ...controls, ...ends].reduce((last, { at }) => Math.max(last, at), from);

  const asked = askedIn(lines, stretch);
  const before = messagesOf(header.options.agent?.messages ?? [], stretch.before);
  const usersBefore = before.filter(({ role }) => role === 'user').length;
  const { model, byTurn } = modelOf(asked, usersBefore);
  const messages = byTurn ? [] : before.slice(-mostMessages);
  const { greeting } = agent;
  const isGreeted = from === 0 && Boolean(greeting);
  const options = Object.entries(agent).filter(([name]) => !apart.has(name));

  const speak = header.options.speak as AuraOptions | undefined;
  return voicesOf(within, speak?.sampleRateHz ?? 16_000).map((speech) => ({
    flux: rows.map(shifted),
    ...(Object.keys(model).length > 0 && { model }),
    ...(Object.keys(speech).length > 0 && { speech }),
    ...(controls.length + ends.length > 0 && { controls: [...controls, ...ends].map(shifted) }),
    agent: { ...Object.fromEntries(options), ...(isGreeted && { greeting }), ...(messages.length > 0 && { messages }) },
    ...(reconnectMs !== undefined && { reconnectMs }),
    ...(caller && caller.at <= to && { endAt: since(Math.max(caller.at, last), from) }),
  }));
}

const since = (at: number, from: number) => Math.round((at - from) * 1000) / 1000;

/** The conversation that a stretch begins with. */
const messagesOf = (start: readonly Message[], events: readonly AgentEvent[]) => events.reduce(remember, start);

type Row = FluxRow & { readonly at: number };

/** What Flux said of turns that began in a stretch, as far as it is news, and when its connections were lost. */
function rowsOf(
  connections: readonly Connection[],
  { from, to, isWhole }: Stretch,
  { controls, keepsAll }: { readonly controls: readonly ControlRow[]; readonly keepsAll: boolean },
): { readonly rows: readonly Row[]; readonly reconnectMs?: number } {
  const rows: Row[] = [];
  const gaps: number[] = [];
  const isIn = (at: number) => at >= from && (isWhole ? at <= to : at < to);
  connections.forEach(({ rows: frames, end }, at) => {
    const turns = new Map<unknown, { readonly birth: number; transcript: string }>();
    let isFatal = false;
    for (const { at, way, frame } of frames) {
      const message = way === 'got' ? messageOf(frameOf(frame)) : undefined;
      if (message?.['type'] === 'Error') {
        const { code, description } = message;
        isFatal = true;
        if (isIn(at)) rows.push({ at, error: { code: String(code), ...(description !== undefined && { description }) } });
      }
      if (message?.['type'] !== 'TurnInfo') continue;
      const { event, turn_index, trigger } = message;
      const transcript = typeof message['transcript'] === 'string' ? message['transcript'] : '';
      if (typeof event !== 'string' || typeof turn_index !== 'number') continue;
      const isUpdate = event === 'Update';
      const turn = turns.get(turn_index);
      if (isUpdate && (transcript === '' || (!keepsAll && (transcript === turn?.transcript || isLong(transcript))))) continue;
      const isForced = trigger === 'manual' && controls.some((one) => one.forceEndTurn && one.at <= at && one.at > at - forcedMs);
      const birth = turn?.birth ?? at;
      turns.set(turn_index, { birth, transcript });
      if (birth < from || !isIn(at) || (isForced && transcript === turn?.transcript)) continue;
      const how = event === 'EndOfTurn' && typeof trigger === 'string' && trigger !== 'model' ? { trigger } : {};
      rows.push({ at, message: { type: 'TurnInfo', event, turn_index, transcript, ...how } });
    }
    const next = connections.slice(at + 1).find(({ open }) => open !== undefined)?.open;
    if (!end?.error || !isIn(end.at)) return;
    if (!isFatal) rows.push({ at: end.at, drop: true });
    if (next) gaps.push(Math.max(0, next.at - end.at));
  });
  const sorted = rows.toSorted((one, other) => one.at - other.at);
  return { rows: sorted, ...(gaps.length > 0 && { reconnectMs: Math.min(...gaps) }) }; // whoever asks again waits, too
}

/** Words that decide whether the agent is cut off are the first. */
const isLong = (transcript: string) => wordsIn(transcript).length > 8;

/** How long Flux may take to end a turn that it was told to end. */
const forcedMs = 2000;
