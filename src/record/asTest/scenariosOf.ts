import type { AgentEvent, Message } from '../../../operators/events.ts';
import { remember } from '../../../operators/call/history.ts';
import type { ControlRow, Scenario } from '../../emulator/scenario/scenario.ts';
import type { AgentOptions } from '../../agent/options.ts';
import type { AuraOptions } from '../../tts/aura.ts';
import { isKind } from '../file/lines.ts';
import type { Recorded } from '../file/readRecording.ts';
import { requestsOf } from '../file/requests.ts';
import type { Excerpt } from './excerpt.ts';
import { fluxRowsOf } from './fluxRows.ts';
import { modelScriptOf } from './modelScript.ts';
import { speechScriptsOf } from './speechScripts.ts';

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
  const { rows, reconnectMs } = fluxRowsOf(lines, excerpt, { controls, keepsAll });
  const isLeft = controls.some((control) => control.hangUp);
  const ends: readonly ControlRow[] = isWhole || isLeft ? [] : [{ at: to, hangUp: true }];
  const caller = lines.find((line) => isKind(line, 'over') && line.over === 'caller');
  const last = [...rows, ...controls, ...ends].reduce((last, { at }) => Math.max(last, at), from);

  const asked = requestsOf(lines).filter(({ at }) => at >= begin && at <= to);
  const before = messagesOf(header.options.agent?.messages ?? [], excerpt.before);
  const usersBefore = before.filter(({ role }) => role === 'user').length;
  const { model, byTurn } = modelScriptOf(asked, usersBefore);
  const messages = byTurn ? [] : before.slice(-mostMessages);
  const { greeting } = agent;
  const isGreeted = from === 0 && Boolean(greeting);
  const options = Object.entries(agent).filter(([name]) => !apart.has(name));

  const speak = header.options.speak as AuraOptions | undefined;
  return speechScriptsOf(within, speak?.sampleRateHz ?? 16_000).map((speech) => ({
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
