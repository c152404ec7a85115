import { takeWhile, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { randomDelay } from './randomDelay.ts';
import { delayed, slowed } from './delayed.ts';
import type { Fault, FinishReason } from './fault.ts';
import type { Hit, Hits } from './faults.ts';
import { pauseAt, silenceFrom, insertAt, type Placed } from './place.ts';

/** Something in an answer that is not a token; all but an interjection end the answer. */
export type AnswerEvent =
  /** An event that is not a token. */
  | { readonly how: 'interject'; readonly data: string; readonly isJson: boolean }
  /** The model stops early. */
  | { readonly how: 'finish'; readonly reason: FinishReason }
  /** The answer breaks off: with an error event, without one, or with a TCP reset. */
  | { readonly how: 'error'; readonly message: string; readonly code: string | null }
  | { readonly how: 'end' | 'drop' };

export type AnswerPart = string | AnswerEvent;

type TokenFault = MonoTypeOperatorFunction<AnswerPart>;

/**
 * The tokens of a model with faults.
 *
 *     tokens          --a-b-c|
 *     with an end     --a-(bX)      afterMessages: 2; X: { how: 'end' }
 */
export function tokensWithFaults(tokens: Observable<string>, hits: Hits): Observable<AnswerPart> {
  if (hits.length === 0) return tokens;
  return hits
    .reduce<Observable<AnswerPart>>((parts, hit) => parts.pipe(tokenFault(hit)), tokens.pipe(slowed(hits)))
    .pipe(takeWhile((part) => typeof part === 'string' || part.how === 'interject', true));
}

function tokenFault(hit: Hit): TokenFault {
  const fault = tokenFaults[hit.fault.kind] as ((hit: Hit) => TokenFault) | undefined;
  return fault?.(hit) ?? ((parts) => parts);
}

const tokenFaults: { readonly [K in Fault['kind']]?: (hit: Hit<K>) => TokenFault } = {
  drop: (hit) => insert(hit, { how: 'drop' }),
  end: (hit) => insert(hit, { how: 'end' }),
  finish: (hit) => insert(hit, { how: 'finish', reason: hit.fault.reason }),
  error: (hit) => {
    const { message = 'The server had an error while processing your request.', code = null } = hit.fault;
    return insert(hit, { how: 'error', message, code });
  },
  malformed: (hit) => insert(hit, { how: 'interject', data: '{"id":"chatcmpl-', isJson: false }),
  unknown: (hit) => insert(hit, { how: 'interject', data: '{"object":"weather","choices":[]}', isJson: true }),
  stall: (hit) => {
    const { forMs } = hit.fault;
    const placed = { ...hit, isNamed };
    return forMs === undefined ? silenceFrom(placed) : pauseAt(placed, forMs);
  },
  latency: ({ fault, strikes, random }) => delayed(() => (strikes() ? randomDelay(fault, random) : 0)),
};

function insert(hit: Omit<Placed<AnswerPart>, 'isNamed'>, event: AnswerEvent): TokenFault {
  return insertAt<AnswerPart>({ ...hit, isNamed }, () => [event]);
}

/** Tokens have no names; they are only counted. */
const isNamed = (part: AnswerPart): boolean => typeof part === 'string';
