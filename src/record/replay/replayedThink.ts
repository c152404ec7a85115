import { Observable } from 'rxjs';
import type { Thought } from '../../../operators/events.ts';
import type { Stages } from '../../agent/options.ts';
import { fromRecordedError } from '../file/recordedError.ts';
import type { Line, RecordedError } from '../file/lines.ts';
import { isWhole, lastAsked, requestsOf, type RecordedRequest } from '../file/requests.ts';
import { median } from '../median.ts';
import { ActionQueue, type Action } from './actionQueue.ts';
import type { ReplayScheduler } from './replayScheduler.ts';

/** What the model does after a request; without a thought it ends. */
interface Step {
  readonly afterMs: number;
  readonly place: number;
  readonly thought?: Thought;
  readonly error?: RecordedError | undefined;
  /** Why the step is made up, if it is. */
  readonly guess?: string;
}

/** How long after an abort the rest of the answer begins. */
const laterMs = 60;

/** The pace of a model of which nothing was recorded. */
const usual = { firstTokenMs: 200, tokenMs: 20 };

const unknown: readonly Thought[] = [{ type: 'Token', text: '(What was said here was not recorded.)' }];

/**
 * The model of a recording. A request is answered like the next recorded one with the same last words of the caller, each token after
 * the same time. Where the recording has no answer, because it was aborted or never asked for, the answer to another request takes its
 * place, at the usual pace; `onGuess` is called with each such token.
 */
export function replayedThink(
  lines: readonly Line[],
  scheduler: ReplayScheduler,
  onGuess: (what: string) => void,
): Stages['think'] {
  const requests = requestsOf(lines).map((request) => ({ ...request, steps: stepsOf(request) }));
  const unused = [...requests];
  const firstTokenMs = median(requests.flatMap(({ steps: [first] }) => first?.afterMs ?? [])) ?? usual.firstTokenMs;
  const tokenMs = median(requests.flatMap(({ steps }) => gapsOf(steps))) ?? usual.tokenMs;

  const take = (asked: string) => {
    const same = unused.findIndex((one) => one.asked === asked);
    return same < 0 ? undefined : unused.splice(same, 1)[0];
  };
  const guessed = (asked: string, after: number, from: number, guess: string): readonly Step[] => {
    const other =
      requests.find((one) => one.asked === asked && isWhole(one)) ?? (from === 0 ? requests.find(isWhole) : undefined);
    const rest = other?.thoughts.map(({ thought }) => thought).slice(from) ?? (from === 0 ? unknown : []);
    const steps = rest.map((thought, k): Step => ({ afterMs: after + k * tokenMs, place: Infinity, thought, guess }));
    return [...steps, { afterMs: after + Math.max(0, rest.length - 1) * tokenMs, place: Infinity, guess }];
  };
  const answerTo = (asked: string): { readonly at?: number; readonly steps: readonly Step[] } => {
    const request = take(asked);
    if (!request) return { steps: guessed(asked, firstTokenMs, 0, 'the answer to a request that was never made') };
    const { at, steps, end } = request;
    if (!end?.left) return request;
    return { at, steps: [...steps, ...guessed(asked, end.at - at + laterMs, steps.length, 'the rest of an aborted answer')] };
  };
  return (messages) =>
    new Observable((out) => {
      const { at, steps } = answerTo(lastAsked(messages));
      const from = scheduler.answersFrom(at);
      const action = ({ afterMs, place, thought, error, guess }: Step): Action<Thought> => ({
        due: from + afterMs,
        place,
        run: () => {
          if (guess !== undefined) onGuess(guess);
          if (thought) out.next(thought);
          else if (error) out.error(fromRecordedError(error));
          else out.complete();
        },
      });
      new ActionQueue(scheduler, out).add(steps.map(action));
    });
}

function stepsOf({ at: askedAt, thoughts, end }: RecordedRequest): readonly Step[] {
  const steps = thoughts.map(({ at, place, thought }): Step => ({ afterMs: Math.max(0, at - askedAt), place, thought }));
  if (!end || end.left) return steps;
  return [...steps, { afterMs: Math.max(0, end.at - askedAt), place: end.place, error: end.error }];
}

/** The time from each token to the next. */
function gapsOf(steps: readonly Step[]): readonly number[] {
  const tokens = steps.filter(({ thought }) => thought?.type === 'Token');
  return tokens.slice(1).map(({ afterMs }, before) => afterMs - (tokens[before]?.afterMs ?? afterMs));
}
