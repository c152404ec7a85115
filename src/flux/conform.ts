import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { isCount, isRecord, parseJson, type JsonObject } from '../../operators/core/json.ts';
import type { FluxRule, Report } from './fluxRule.ts';
import { TurnRules } from './turnRules.ts';

/** A message that breaks a rule of Flux. */
export interface FluxViolation {
  readonly rule: FluxRule;
  /** The index of the message, counted from 0. */
  readonly position: number;
  readonly message: string;
}

export interface ConformConfig {
  /** Whether `eager_eot_threshold` was requested. Defaults to unknown until a `ConfigureSuccess` names the thresholds. */
  readonly eager?: boolean;
}

/**
 * Checks messages of Flux (text frames, or the objects in them) against what Flux promises, and emits each violation. It
 * repairs nothing; `orderly` does.
 *
 *     messages  C-s-u-E--E--|
 *     result    ---------v--|     v: { rule: 'order', position: 4, message: 'EndOfTurn comes while no turn is open.' }
 *
 * A `Connected` with another `request_id` starts a new connection. Unknown types, events and fields are no violations, and
 * neither are fields that older servers leave out (`trigger`, the times of words). Completes and errors with its source.
 */
export function conform(config: ConformConfig = {}): OperatorFunction<unknown, FluxViolation> {
  return (messages) =>
    defer(() => {
      const stream = new Stream(config);
      return messages.pipe(concatMap((message) => stream.check(message)));
    });
}

/** The same for a list of messages. */
export function fluxViolations(messages: Iterable<unknown>, config: ConformConfig = {}): readonly FluxViolation[] {
  const stream = new Stream(config);
  return [...messages].flatMap((message) => stream.check(message));
}

/** All connections, one after another. */
class Stream {
  readonly #config: ConformConfig;
  #position = 0;
  #connection: Connection | undefined;

  constructor(config: ConformConfig) {
    this.#config = config;
  }

  check(input: unknown): readonly FluxViolation[] {
    const position = this.#position++;
    const found: FluxViolation[] = [];
    const report: Report = (rule, message) => void found.push({ rule, position, message });
    const message = read(input);
    if (typeof message === 'string') report('message', message);
    else this.#connectionOf(message, report).check(message, report);
    return found;
  }

  #connectionOf(message: Message, report: Report): Connection {
    const { request_id, sequence_id } = message;
    const connected = message.type === 'Connected';
    if (this.#connection && connected && request_id === this.#connection.requestId) report('connected', 'Connected comes twice.');
    else if (connected) this.#connection = new Connection(this.#config, request_id, 0);
    if (this.#connection) return this.#connection;
    report('connected', `${nameOf(message)} comes before Connected.`);
    return (this.#connection = new Connection(this.#config, request_id, sequence_id));
  }
}

class Connection {
  readonly requestId: unknown;
  readonly #turns: TurnRules;
  #sequence: number;
  #failed = false;

  /** @param sequence the `sequence_id` of the first message */
  constructor({ eager }: ConformConfig, requestId: unknown, sequence: unknown) {
    this.requestId = requestId;
    this.#turns = new TurnRules(eager);
    this.#sequence = isCount(sequence) ? sequence : 0;
  }

  check(message: Message, report: Report): void {
    const { type, request_id, sequence_id } = message;
    if (this.#failed) report('fatal', `${nameOf(message)} comes after Error.`);
    if (sequence_id !== this.#sequence) report('sequence', `sequence_id is ${shown(sequence_id)}, not ${this.#sequence}.`);
    this.#sequence = (isCount(sequence_id) ? sequence_id : this.#sequence) + 1;
    if (typeof request_id !== 'string') {
      if (type !== 'Error') report('request-id', `${nameOf(message)} has no request_id.`);
    } else if (request_id !== this.requestId) {
      report('request-id', `request_id is ${shown(request_id)}, not ${shown(this.requestId)}.`);
    }

    if (type === 'TurnInfo') this.#turns.check(message, report);
    if (type === 'ConfigureSuccess') this.#turns.configured(message);
    if (type === 'Error') this.#failed = true;
  }
}

type Message = JsonObject & { readonly type: string };

/** The message in a frame, or why there is none. */
function read(input: unknown): Message | string {
  if (input instanceof Uint8Array) return 'Flux sends no binary frames.';
  const value = typeof input === 'string' ? parseJson(input) : input;
  return isRecord(value) && typeof value['type'] === 'string' ? (value as Message) : 'It is not a JSON object with a type.';
}

const nameOf = ({ type, event }: Message) => (typeof event === 'string' ? event : type);

/** A short form of a value of any type and depth. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}
