import { Observable } from 'rxjs';
import type { Message, Thought } from '../../../operators/events.ts';
import type { Stages } from '../../agent/options.ts';
import type { Moment } from '../file/connections.ts';
import { fromRecordedError } from '../file/errorLine.ts';
import { isKind, type EndLine, type Line, type RecordedError } from '../file/lines.ts';
import { Playing, type Conductor, type Deed } from './conductor.ts';
import { median } from './voiceTimings.ts';

/** What a model does, so long after it was asked. */
interface Step {
  readonly at: number;
  readonly place: number;
  readonly thought?: Thought;
  /** It is the end. */
  readonly end?: { readonly error?: RecordedError };
  /** It is made up, and why. */
  readonly guess?: string;
}

/** A request of a recording, and what came of it. */
interface Asked {
  readonly at: number;
  /** What the caller had said last. */
  readonly said: string;
  readonly steps: Step[];
  end: EndLine | undefined;
}

/** What was cut off would have gone on no sooner than this after the cut. */
const laterMs = 60;

/** How a model answers of which nothing was recorded: its first token, and each after it. */
const usual = { firstTokenMs: 200, tokenMs: 20 };

const unknown: readonly Thought[] = [{ type: 'Token', text: '(What was said here was not recorded.)' }];

/**
 * The model of a recording. A request is answered as the next one was that had the same words of the caller last, each token so
 * long after it. What nobody knows, because it was aborted then and is not now, or was never asked, is made up of what the
 * model said at another time, at the pace at which it usually does; `guessed` hears of it.
 */
export function replayedThink(lines: readonly Line[], conductor: Conductor, guessed: (what: string) => void): Stages['think'] {
  const asked = requestsOf(lines);
  const unused = [...asked];
  const firstTokenMs = median(asked.flatMap(({ steps: [first] }) => (first ? [first.at] : []))) ?? usual.firstTokenMs;
  const tokenMs = median(asked.flatMap(({ steps }) => gapsOf(steps))) ?? usual.tokenMs;

  const takeFor = (said: string): Asked | undefined => {
    const same = unused.findIndex((one) => one.said === said);
    return same < 0 ? undefined : unused.splice(same, 1)[0];
  };
  const madeUp = (said: string, after: number, from: number, guess: string): readonly Step[] => {
    const other = asked.find((one) => one.said === said && isWhole(one)) ?? (from === 0 ? asked.find(isWhole) : undefined);
    const told = other?.steps.flatMap(({ thought }) => thought ?? []).slice(from) ?? (from === 0 ? unknown : []);
    const steps = told.map((thought, k): Step => ({ at: after + k * tokenMs, place: Infinity, thought, guess }));
    return [...steps, { at: after + Math.max(0, told.length - 1) * tokenMs, place: Infinity, end: {}, guess }];
  };
  const stepsOf = (said: string, request: Asked | undefined): readonly Step[] => {
    if (!request) return madeUp(said, firstTokenMs, 0, 'the answer to a request that was never made');
    const { at, steps, end } = request;
    if (!end?.left) return steps;
    return [...steps, ...madeUp(said, end.at - at + laterMs, steps.length, 'the rest of an answer that was aborted')];
  };
  return (messages) =>
    new Observable((out) => {
      const said = lastSaid(messages);
      const request = takeFor(said);
      const began = conductor.answersFrom(request?.at);
      const deed = ({ at, place, thought, end, guess }: Step): Deed<Thought> => ({
        due: began + at,
        place,
        give: () => {
          if (guess !== undefined) guessed(guess);
          if (thought) out.next(thought);
          else if (end?.error) out.error(fromRecordedError(end.error));
          else out.complete();
        },
      });
      new Playing(conductor, out).add(stepsOf(said, request).map(deed));
    });
}

function requestsOf(lines: readonly Line[]): readonly Asked[] {
  const found = new Map<number, Asked>();
  let messages: readonly Message[] = [];
  const told = (number: number, { at, place }: Moment, thought: Thought) => {
    const request = found.get(number);
    if (request && !request.end) request.steps.push({ at: Math.max(0, at - request.at), place, thought });
  };
  lines.forEach((line, place) => {
    const { at } = line;
    const moment = { at, place };
    if (isKind(line, 'request')) {
      messages = [...messages.slice(0, line.since ?? 0), ...line.messages];
      found.set(line.request, { at, said: lastSaid(messages), steps: [], end: undefined });
    } else if (isKind(line, 'token')) told(line.token, moment, { type: 'Token', text: line.text });
    else if (isKind(line, 'retry')) told(line.retry, moment, line.failure);
    else if (isKind(line, 'usage')) {
      const { inputTokens, outputTokens } = line;
      told(line.usage, moment, { type: 'Usage', inputTokens, outputTokens });
    } else if (isKind(line, 'end')) {
      const request = found.get(line.end);
      if (!request || request.end) return;
      request.end = line;
      if (!line.left) request.steps.push({ at: Math.max(0, at - request.at), place, end: line });
    }
  });
  return [...found.values()];
}

/** From each token to the next. */
function gapsOf(steps: readonly Step[]): readonly number[] {
  const tokens = steps.filter(({ thought }) => thought?.type === 'Token');
  return tokens.slice(1).map(({ at }, before) => at - (tokens[before]?.at ?? at));
}

const isWhole = ({ end }: Asked) => end !== undefined && !end.left && !end.error;
const lastSaid = (messages: readonly Message[]) => messages.findLast(({ role }) => role === 'user')?.content ?? '';
