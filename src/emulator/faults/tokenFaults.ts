import { of, takeWhile, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { drawn } from './chance.ts';
import { delayed, slowed } from './delayed.ts';
import type { Fault, FinishReason } from './fault.ts';
import type { Hit, Hits } from './faults.ts';
import { pausing, silencing, striking } from './place.ts';

/** Something that is said in the middle of an answer and is no token: the data of an event. */
export class Interjection {
  readonly data: string;
  readonly isJson: boolean;
  constructor(data: string, isJson: boolean) {
    this.data = data;
    this.isJson = isJson;
  }
}

/** How an answer breaks off: with an event that says so, with nothing, or with a TCP reset. */
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

/** That the model stops here, and why. */
export class Finish {
  readonly reason: FinishReason;
  constructor(reason: FinishReason) {
    this.reason = reason;
  }
}

export type Said = string | Interjection | Finish | BreakOff;

type TokenFault = MonoTypeOperatorFunction<Said>;

/**
 * The tokens of a model with faults.
 *
 *     tokens          --a-b-c|
 *     with an end     --a-(bX)      afterMessages: 2; X: BreakOff
 */
export function tokensWithFaults(tokens: Observable<string>, hits: Hits): Observable<Said> {
  if (hits.length === 0) return tokens;
  return hits
    .reduce<Observable<Said>>((said, hit) => said.pipe(tokenFault(hit)), tokens.pipe(slowed(hits)))
    .pipe(takeWhile((said) => !(said instanceof BreakOff || said instanceof Finish), true));
}

function tokenFault(hit: Hit): TokenFault {
  const fault = tokenFaults[hit.fault.kind] as ((hit: Hit) => TokenFault) | undefined;
  return fault?.(hit) ?? ((said) => said);
}

const tokenFaults: { readonly [K in Fault['kind']]?: (hit: Hit<K>) => TokenFault } = {
  drop: (hit) => striking({ ...hit, isNamed }, () => of<Said>(new BreakOff('drop'))),
  end: (hit) => striking({ ...hit, isNamed }, () => of<Said>(new BreakOff('end'))),
  finish: (hit) => striking({ ...hit, isNamed }, () => of<Said>(new Finish(hit.fault.reason))),
  error: (hit) => {
    const { message = 'The server had an error while processing your request.', code = null } = hit.fault;
    return striking({ ...hit, isNamed }, () => of<Said>(new BreakOff('error', message, code)));
  },
  malformed: (hit) => striking({ ...hit, isNamed }, () => of<Said>(new Interjection('{"id":"chatcmpl-', false))),
  unknown: (hit) => striking({ ...hit, isNamed }, () => of<Said>(new Interjection('{"object":"weather","choices":[]}', true))),
  stall: (hit) => {
    const { forMs } = hit.fault;
    const placed = { ...hit, isNamed };
    return forMs === undefined ? silencing(placed) : pausing(placed, forMs);
  },
  latency: ({ fault, strikes, random }) => delayed(() => (strikes() ? drawn(fault, random) : 0)),
};

/** Tokens have no names; they only count. */
const isNamed = (said: Said): boolean => typeof said === 'string';
