import type { AgentEvent, Message } from '../../../operators/events.ts';
import { remember } from '../../../operators/call/history.ts';
import { wordsIn } from '../../../operators/speech/wordEnds.ts';
import type { ControlRow, FluxRow, Scenario } from '../../emulator/scenario/scenario.ts';
import type { AgentOptions } from '../../agent/options.ts';
import type { AuraOptions } from '../../tts/aura.ts';
import { connectionsOf, frameOf, type Connection } from '../file/connections.ts';
import { isKind } from '../file/lines.ts';
import type { Recorded } from '../file/readRecording.ts';
import { requestsOf } from '../file/requests.ts';
import { messageOf } from '../messageOf.ts';
import type { Excerpt } from './excerpt.ts';
import { modelOf } from './modelOf.ts';
import { voicesOf } from './voiceOf.ts';

/** Options that are not copied from the recording: a scripted model reads no prompt. */
const apart: ReadonlySet<string> = new Set(['system', 'greeting', 'messages']);

/** How many earlier messages a scenario contains. */
const mostMessages = 4;

/** Turns an excerpt into scenarios that differ in the pace of the voice, of which one fits best. */
export function scenariosOf({ header, lines }: Recorded, excerpt: Excerpt): readonly Scenario[] {
  const { from, to, begin, isWhole } = excerpt;
  const isIn = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const shifted = <T extends { readonly at: number }>(row: T): T => ({ ...row, at: since(row.at, from) });
  const within = lines.filter(isIn);

  const controls: ControlRow[] = within.flatMap((line) => (isKind(line, 'control') ? [{ at: line.at, ...line.control }] : []));
  const agent: AgentOptions = { eager: 'speech', bargeIn: {}, ...header.options.agent };
  const keepsAll = /minDurationMs|stopWords|backchannels|echoGuard/.test(JSON.stringify([agent, controls]));
  const { rows, reconnectMs } = rowsOf(connectionsOf(lines, 'listen'), excerpt, { controls, keepsAll });
  const isLeft = controls.some((control) => control.hangUp);
  const ends: readonly ControlRow[] = isWhole || isLeft ? [] : [{ at: to, hangUp: true }];
  const caller = lines.find((line) => isKind(line, 'over') && line.over === 'caller');
  const last = [...rows, ...controls, ...ends].reduce((last, { at }) => Math.max(last, at), from);

  const asked = requestsOf(lines).filter(({ at }) => at >= begin && at <= to);
  const before = messagesOf(header.options.agent?.messages ?? [], excerpt.before);
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

/** The conversation before an excerpt. */
const messagesOf = (start: readonly Message[], events: readonly AgentEvent[]) => events.reduce(remember, start);

type Row = FluxRow & { readonly at: number };

/** The messages of Flux about turns that began in an excerpt, without those that change nothing, and its lost connections. */
function rowsOf(
  connections: readonly Connection[],
  { from, to, isWhole }: Excerpt,
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
  return { rows: sorted, ...(gaps.length > 0 && { reconnectMs: Math.min(...gaps) }) }; // the wait before a retry is part of a gap
}

/** The first words decide whether the agent is interrupted; later ones do not matter. */
const isLong = (transcript: string) => wordsIn(transcript).length > 8;

/** How long Flux may take to answer a `ForceEndTurn`. */
const forcedMs = 2000;
