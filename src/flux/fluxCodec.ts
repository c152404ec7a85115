import type {
  Configure,
  Configured,
  Connected,
  Encoding,
  ForceEndTurn,
  TurnEvent,
  Warning,
  Word,
} from '../../operators/events.ts';
import { isCount, parseJson, recordOf, type JsonObject } from '../../operators/core/json.ts';
import { FluxError } from '../errors.ts';
import type { Frame } from '../wire/wire.ts';
import * as wire from './messages.ts';
import { defaultModel, type FluxOptions } from './fluxOptions.ts';

/** The format of a connection's audio. */
export interface Format {
  readonly encoding: Encoding;
  readonly sampleRateHz: number;
}

/** The query of `/v2/listen` (docs/wire/flux.md §1.1), without options that are not set. */
export function toQuery(options: FluxOptions, format: Format): Readonly<Record<string, unknown>> {
  return defined({
    model: options.model ?? defaultModel,
    encoding: format.encoding,
    sample_rate: format.sampleRateHz,
    eot_threshold: options.eotThreshold,
    eager_eot_threshold: options.eagerEotThreshold,
    eot_timeout_ms: options.eotTimeoutMs,
    keyterm: options.keyterms,
    language_hint: options.languageHints,
    profanity_filter: options.profanityFilter,
    numerals: options.numerals,
    redact: options.redact,
    mip_opt_out: options.mipOptOut,
    tag: options.tags,
  });
}

/** The text frame of a message to Flux. Fields that are not set are left out. */
export function encode(message: Configure | ForceEndTurn | wire.CloseStream): string {
  return JSON.stringify(message.type === 'Configure' ? toConfigure(message) : { type: message.type });
}

function toConfigure({ type, keyterms, languageHints: language_hints, numerals, ...settings }: Configure): wire.Configure {
  const thresholds = defined({
    eager_eot_threshold: settings.eagerEotThreshold,
    eot_threshold: settings.eotThreshold,
    eot_timeout_ms: settings.eotTimeoutMs,
  });
  const has = Object.keys(thresholds).length > 0;
  return { type, ...defined({ thresholds: has ? thresholds : undefined, keyterms, language_hints, numerals }) };
}

/** The position of a connection in the call: needed to convert Flux's turn numbers and seconds to the call's. */
export interface Place {
  /** Counted from 0. With Flux's `turn_index` it names a turn: `'0:3'`. */
  readonly connection: number;
  /** The start of this connection's audio on the audio clock of the call. */
  readonly offsetMs: number;
}

export interface Decoded {
  readonly event: Connected | TurnEvent | Configured | Warning | FluxError;
  /** It answers a `Configure`. */
  readonly configured?: boolean;
}

/**
 * Decodes a frame. Returns `undefined` for anything unknown: binary, not JSON, an unknown type or event, a turn without a valid
 * number. Missing or invalid fields of a known message get defaults: the text `''`, the confidence 0, the window `offsetMs`;
 * words without text and invalid times are left out. `ConfigureFailure` becomes a `Warning`, the fatal `Error` a `FluxError`.
 * Never throws.
 */
export function decode(frame: Frame, place: Place): Decoded | undefined {
  return decodeFields(typeof frame === 'string' ? recordOf(parseJson(frame)) : {}, place);
}

/** `decode` for a parsed message. */
export function decodeFields(message: JsonObject, place: Place): Decoded | undefined {
  switch (message['type']) {
    case 'Connected':
      return { event: { type: 'Connected', requestId: text(message['request_id']) } };
    case 'TurnInfo': {
      const event = toTurnEvent(message, place);
      return event && { event };
    }
    case 'ConfigureSuccess':
      return { event: toConfigured(message), configured: true };
    case 'ConfigureFailure':
      return { event: toWarning(message, 'CONFIGURE_FAILURE', 'Flux refused the new settings.'), configured: true };
    case 'Warning':
      return { event: toWarning(message, 'WARNING', 'Flux sent a warning without a text.') };
    case 'Error':
      return { event: toError(message) };
    default:
      return undefined;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function toTurnEvent(message: JsonObject, { connection, offsetMs }: Place): TurnEvent | undefined {
  const type = wire.turnEvents.find((event) => event === message['event']);
  const index = message['turn_index'];
  if (type === undefined || !isCount(index)) return undefined;
  const { trigger, languages } = message;
  const event: Writable<TurnEvent> = {
    type,
    turn: `${connection}:${index}`,
    transcript: text(message['transcript']),
    words: toWords(list(message['words']), offsetMs),
    confidence: number(message['end_of_turn_confidence']) ?? 0,
    audioEndMs: offsetMs + (toMs(message['audio_window_end']) ?? 0),
  };
  if (typeof trigger === 'string') event.trigger = trigger;
  if (Array.isArray(languages)) event.languages = texts(languages);
  return event;
}

function toWords(list: readonly unknown[], offsetMs: number): readonly Word[] {
  const words: Word[] = [];
  for (const one of list) {
    const { word, confidence, start, end } = recordOf(one);
    if (typeof word !== 'string') continue;
    const from = toMs(start);
    const to = toMs(end);
    const decoded: Writable<Word> = { word, confidence: number(confidence) ?? 0 };
    if (from !== undefined) decoded.from = offsetMs + from;
    if (to !== undefined) decoded.to = offsetMs + to;
    words.push(decoded);
  }
  return words;
}

function toConfigured(message: JsonObject): Configured {
  const thresholds = recordOf(message['thresholds']);
  const { keyterms, language_hints: hints, numerals } = message;
  const settings = defined({
    eotThreshold: number(thresholds['eot_threshold']),
    eagerEotThreshold: number(thresholds['eager_eot_threshold']),
    eotTimeoutMs: number(thresholds['eot_timeout_ms']),
    keyterms: Array.isArray(keyterms) ? texts(keyterms) : undefined,
    languageHints: Array.isArray(hints) ? texts(hints) : undefined,
    numerals: typeof numerals === 'boolean' ? numerals : undefined,
  });
  return { type: 'Configured', ...settings };
}

function toWarning({ code, description }: JsonObject, otherwise: string, what: string): Warning {
  return { type: 'Warning', stage: 'listen', code: text(code) || otherwise, message: text(description) || what };
}

/** Retryable unless Flux could not read our message: that would happen again. */
function toError({ code, description }: JsonObject): FluxError {
  const name = text(code) || wire.internalServerError;
  const what = text(description);
  return new FluxError(name, `Flux failed (${name})${what && `: ${what}`}`, {
    retryable: name !== wire.unparsableClientMessage,
  });
}

/** The fields that are set. */
const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (values: readonly unknown[]): readonly string[] => values.filter((value) => typeof value === 'string');
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
/** Rounds, because Flux's seconds have single precision (0.47999996). Returns `undefined` for anything but a time from 0 on. */
function toMs(seconds: unknown): number | undefined {
  const ms = Math.round((number(seconds) ?? NaN) * 1000);
  return isCount(ms) ? ms : undefined;
}
