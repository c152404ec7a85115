import { from, map } from 'rxjs';
import type { AgentEvent, Failure, Message } from '../../operators/events.ts';
import { remember } from '../../operators/call/history.ts';
import { endIfUnrecoverable, explained } from '../../src/cli/unrecoverable.ts';
import { scriptedThink, type Scenario } from '../../src/emulator/scenario/index.ts';
import type { Stages } from '../../src/agent/options.ts';
import type { Violation } from '../../src/testing/result.ts';
import { simulate } from '../../src/testing/simulate.ts';
import { fits } from './fits.ts';
import { faultsIn, type Kind } from './faultsOf.ts';
import { callIn, type Phase } from './phases.ts';
import { retrying } from './retrying.ts';
import { Listener } from './stale.ts';

/** What came of a call. */
export interface Outcome {
  /** The last turn was answered and all of the answer heard, or only written; or `sluice run` ends with this code. */
  readonly ends: 'answered' | 'text' | 'exit 1' | 'lost';
  /** What the command says then. */
  readonly message?: string;
  /** Stage and code of what was told of; `final` if it was not recovered. */
  readonly failures: readonly string[];
  /** Who said what; ` --` where it was interrupted. */
  readonly history: readonly string[];
}

export interface Played extends Outcome {
  readonly violations: readonly Violation[];
  /** Audio of the caller's that no connection heard, in ms. */
  readonly lostMs: number;
  /** Chunks that were heard as something else than they are. */
  readonly stale: number;
}

/** Plays a cell of the matrix; nothing where it makes no sense. */
export function played(kind: Kind, phase: Phase): Played | undefined {
  const faults = faultsIn(kind, phase);
  return faults && play({ ...callIn(phase, { lost: kind.takes === true, cut: kind.cuts === true }), faults });
}

/** Whether it came as it was expected, and nothing was lost, stale or left behind. */
export function isMet(outcome: Played | '—', expected: Outcome | '—'): boolean {
  if (outcome === '—' || expected === '—') return outcome === expected;
  const { ends, message, failures, history, violations, lostMs, stale } = outcome;
  const asSaid = ends === expected.ends && message === expected.message;
  const fitting = fits(failures, expected.failures) && fits(history, expected.history);
  return asSaid && fitting && violations.length === 0 && lostMs === 0 && stale === 0;
}

/** Plays a call as `sluice run` would: unrecoverable failures end it. */
export function play(scenario: Scenario): Played {
  const listener = new Listener();
  const { events, violations } = simulate(scenario, { stages: { think: model(scenario), play: listener.play } });
  const { told, message } = asRun(events);
  const failures = told.filter((event) => event.type === 'Failure');
  return {
    ends: message === undefined ? answered(told) : 'exit 1',
    ...(message !== undefined && { message }),
    failures: failures.map(({ stage, code, recovered }) => `${stage} ${code}${recovered ? '' : ' final'}`),
    history: told.reduce<readonly Message[]>(remember, []).map(line),
    violations,
    lostMs: events.reduce((sum, event) => sum + (event.type === 'Reconnected' ? event.droppedMs : 0), 0),
    stale: listener.stale,
  };
}

function model(scenario: Scenario): Stages['think'] {
  const write = scriptedThink(scenario);
  const think: Stages['think'] = (messages) => write(messages).pipe(map((text) => ({ type: 'Token', text })));
  return retrying(think, scenario.faults?.find((fault) => fault.kind === 'refuse')?.retryAfterMs);
}

const places = { deepgram: 'deepgram', model: 'model' };

/** The events up to where the command would end the call, and what it would say. */
function asRun(events: readonly AgentEvent[]): { readonly told: readonly AgentEvent[]; readonly message?: string } {
  const told: AgentEvent[] = [];
  let message: string | undefined;
  from(events)
    .pipe(endIfUnrecoverable(places))
    .subscribe({
      next: (event) => told.push(event),
      error: (error: unknown) => (message = error instanceof Error ? error.message : String(error)),
    });
  const last = told.find((event): event is AgentEvent & Failure => event.type === 'Failure' && !event.recovered);
  message ??= last && explained(last, places);
  return { told, ...(message !== undefined && { message }) };
}

function answered(events: readonly AgentEvent[]): Outcome['ends'] {
  const end = events.findLast((event) => event.type === 'ReplyEnded');
  const taken = events.findLast((event) => event.type === 'TurnTaken');
  if (end === undefined || taken === undefined || end.id < taken.id || !/two/u.test(taken.text)) return 'lost';
  const sounded = events.some((event) => event.type === 'SpeechStarted' && event.reply === end.reply && event.id > taken.id);
  if (sounded && !end.interrupted && end.heard === end.text) return 'answered';
  return events.some((event) => event.type === 'Sentence' && event.reply === end.reply) ? 'text' : 'lost';
}

const line = ({ role, content, interrupted }: Message) =>
  `${role === 'user' ? 'caller' : 'agent'}: ${content}${interrupted ? ' --' : ''}`;
