import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { TurnRules } from './turnRules.ts';

/**
 * What Flux promises of its stream (docs/flux/state, reference/listen-flux):
 *
 * - `message`: text frames of JSON, with the fields of their type
 * - `connected`: `Connected` comes first, once a connection
 * - `sequence`: `sequence_id` is 0 on `Connected` and one more on each message after it, of any type
 * - `request-id`: the same on every message of a connection; only `Error` may lack it
 * - `fatal`: nothing comes after `Error`
 * - `turn-index`: from 0, one more right after each `EndOfTurn`
 * - `order`: the state machine of a turn; words come within turns only
 * - `text`: `StartOfTurn` and `EagerEndOfTurn` have words
 * - `draft`: after an `EagerEndOfTurn` the transcript stays as it is, up to the end, unless `TurnResumed` comes first
 * - `eager`: no `EagerEndOfTurn` without `eager_eot_threshold`
 * - `trigger`: only on `EndOfTurn`
 * - `window`: audio windows never go back
 */
export type FluxRule =
  | 'message'
  | 'connected'
  | 'sequence'
  | 'request-id'
  | 'fatal'
  | 'turn-index'
  | 'order'
  | 'text'
  | 'draft'
  | 'eager'
  | 'trigger'
  | 'window';

/** A promise that a message breaks. */
export interface FluxViolation {
  readonly rule: FluxRule;
  /** Which message, counted from 0. */
  readonly position: number;
  readonly message: string;
}

export interface ConformConfig {
  /** Whether `eager_eot_threshold` was asked for. Default: not known until a `ConfigureSuccess` says so. */
  readonly eager?: boolean;
}

/**
 * Holds messages of Flux, as text frames or as the objects in them, against what Flux promises, and tells where they differ.
 * It changes nothing: to repair an order, see `orderly`.
 *
 *     messages  C-s-u-E--E--|
 *     result    ---------v--|     v: { rule: 'order', position: 4, message: 'EndOfTurn comes while no turn is open.' }
 *
 * A `Connected` with another `request_id` begins a new connection. Types, events and fields that are not known here are no
 * violation, nor is what only some servers say (an end without `trigger`, words without times). It completes and errors with
 * its source.
 */
export function conform(config: ConformConfig = {}): OperatorFunction<unknown, FluxViolation> {
  return (messages) =>
    defer(() => {
      const stream = new Stream(config);
      return messages.pipe(concatMap((message) => stream.see(message)));
    });
}

/** The same for messages that are all there. */
export function fluxViolations(messages: Iterable<unknown>, config: ConformConfig = {}): readonly FluxViolation[] {
  const stream = new Stream(config);
  return [...messages].flatMap((message) => stream.see(message));
}

export type Fields = Readonly<Record<string, unknown>>;
export type Tell = (rule: FluxRule, message: string) => void;

/** All connections, one after another. */
class Stream {
  readonly #config: ConformConfig;
  #position = 0;
  #connection: Connection | undefined;

  constructor(config: ConformConfig) {
    this.#config = config;
  }

  see(input: unknown): readonly FluxViolation[] {
    const position = this.#position++;
    const found: FluxViolation[] = [];
    const tell: Tell = (rule, message) => void found.push({ rule, position, message });
    const message = read(input);
    if (typeof message === 'string') tell('message', message);
    else this.#connectionOf(message, tell).see(message, tell);
    return found;
  }

  #connectionOf(message: Message, tell: Tell): Connection {
    const { request_id, sequence_id } = message;
    const connected = message.type === 'Connected';
    if (this.#connection && connected && request_id === this.#connection.requestId) tell('connected', 'Connected comes twice.');
    else if (connected) this.#connection = new Connection(this.#config, request_id, 0);
    if (this.#connection) return this.#connection;
    tell('connected', `${nameOf(message)} comes before Connected.`);
    return (this.#connection = new Connection(this.#config, request_id, sequence_id));
  }
}

class Connection {
  readonly requestId: unknown;
  readonly #turns: TurnRules;
  #sequence: number;
  #failed = false;

  /** `sequence`: of the first message. */
  constructor({ eager }: ConformConfig, requestId: unknown, sequence: unknown) {
    this.requestId = requestId;
    this.#turns = new TurnRules(eager);
    this.#sequence = isCount(sequence) ? sequence : 0;
  }

  see(message: Message, tell: Tell): void {
    const { type, request_id, sequence_id } = message;
    if (this.#failed) tell('fatal', `${nameOf(message)} comes after Error.`);
    if (sequence_id !== this.#sequence) tell('sequence', `sequence_id is ${shown(sequence_id)}, not ${this.#sequence}.`);
    this.#sequence = (isCount(sequence_id) ? sequence_id : this.#sequence) + 1;
    if (typeof request_id !== 'string') {
      if (type !== 'Error') tell('request-id', `${nameOf(message)} has no request_id.`);
    } else if (request_id !== this.requestId) {
      tell('request-id', `request_id is ${shown(request_id)}, not ${shown(this.requestId)}.`);
    }

    if (type === 'TurnInfo') this.#turns.see(message, tell);
    if (type === 'ConfigureSuccess') this.#turns.configured(message);
    if (type === 'Error') this.#failed = true;
  }
}

type Message = Fields & { readonly type: string };

/** The message of a frame, or why it is none. */
function read(input: unknown): Message | string {
  if (input instanceof Uint8Array) return 'Flux sends no binary frames.';
  const value = typeof input === 'string' ? parse(input) : input;
  const isMessage = typeof value === 'object' && value !== null && typeof (value as Fields)['type'] === 'string';
  return isMessage ? (value as Message) : 'It is no JSON object with a type.';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const nameOf = ({ type, event }: Message) => (typeof event === 'string' ? event : type);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** A value in a few words: what should be a text or a number may be anything, of any depth. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}
