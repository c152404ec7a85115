import { of, takeWhile, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { randomDelay } from './randomDelay.ts';
import { delayed, slowed } from './delayed.ts';
import type { Fault, FinishReason } from './fault.ts';
import type { Hit, Hits } from './faults.ts';
import { pauseAt, silenceFrom, insertAt } from './place.ts';

/** An event in the middle of an answer that is not a token. */
export class Interjection {
  readonly data: string;
  readonly isJson: boolean;
  constructor(data: string, isJson: boolean) {
    this.data = data;
    this.isJson = isJson;
  }
}

/** The early end of an answer: with an error event, without one, or with a TCP reset. */
export class BreakOff {
  readonly how: 'error' | 'end' | 'drop';
  readonly message: string;
  readonly code: string | null;
  constructor(how: BreakOff['how'], message = '', code: string | null = null) {
    this.how = how;
    this.message = message;
    this.code = code;
  }
}

/** The model stops here for the given reason. */
export class Finish {
  readonly reason: FinishReason;
  constructor(reason: FinishReason) {
    this.reason = reason;
  }
}

export type AnswerPart = string | Interjection | Finish | BreakOff;

type TokenFault = MonoTypeOperatorFunction<AnswerPart>;

/**
 * The tokens of a model with faults.
 *
 *     tokens          --a-b-c|
 *     with an end     --a-(bX)      afterMessages: 2; X: BreakOff
 */
export function tokensWithFaults(tokens: Observable<string>, hits: Hits): Observable<AnswerPart> {
  if (hits.length === 0) return tokens;
  return hits
    .reduce<Observable<AnswerPart>>((parts, hit) => parts.pipe(tokenFault(hit)), tokens.pipe(slowed(hits)))
    .pipe(takeWhile((part) => !(part instanceof BreakOff || part instanceof Finish), true));
}

function tokenFault(hit: Hit): TokenFault {
  const fault = tokenFaults[hit.fault.kind] as ((hit: Hit) => TokenFault) | undefined;
  return fault?.(hit) ?? ((parts) => parts);
}

const tokenFaults: { readonly [K in Fault['kind']]?: (hit: Hit<K>) => TokenFault } = {
  drop: (hit) => insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new BreakOff('drop'))),
  end: (hit) => insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new BreakOff('end'))),
  finish: (hit) => insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new Finish(hit.fault.reason))),
  error: (hit) => {
    const { message = 'The server had an error while processing your request.', code = null } = hit.fault;
    return insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new BreakOff('error', message, code)));
  },
  malformed: (hit) => insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new Interjection('{"id":"chatcmpl-', false))),
  unknown: (hit) =>
    insertAt({ ...hit, isNamed }, () => of<AnswerPart>(new Interjection('{"object":"weather","choices":[]}', true))),
  stall: (hit) => {
    const { forMs } = hit.fault;
    const placed = { ...hit, isNamed };
    return forMs === undefined ? silenceFrom(placed) : pauseAt(placed, forMs);
  },
  latency: ({ fault, strikes, random }) => delayed(() => (strikes() ? randomDelay(fault, random) : 0)),
};

/** Tokens have no names; they are only counted. */
const isNamed = (part: AnswerPart): boolean => typeof part === 'string';
