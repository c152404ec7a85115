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
import { FluxError } from '../errors.ts';
import type { Frame } from '../wire/wire.ts';
import * as wire from './messages.ts';
import { defaultModel, type FluxOptions } from './fluxOptions.ts';

/** The only place that knows Flux's snake_case and its seconds. */

export interface Format {
  readonly encoding: Encoding;
  readonly sampleRateHz: number;
}

/** The query of `/v2/listen` (reference/listen-flux). What is not asked for is left out. */
export function toQuery(options: FluxOptions, format: Format): Readonly<Record<string, unknown>> {
  const query = {
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
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

/** What we say to Flux, as a text frame. Absent fields are absent. */
export function encode(message: Configure | ForceEndTurn | wire.CloseStream): string {
  return JSON.stringify(message.type === 'Configure' ? toConfigure(message) : { type: message.type });
}

function toConfigure({
  eotThreshold,
  eagerEotThreshold,
  eotTimeoutMs,
  keyterms,
  languageHints,
  numerals,
}: Configure): wire.Configure {
  const thresholds = {
    ...(eagerEotThreshold !== undefined && { eager_eot_threshold: eagerEotThreshold }),
    ...(eotThreshold !== undefined && { eot_threshold: eotThreshold }),
    ...(eotTimeoutMs !== undefined && { eot_timeout_ms: eotTimeoutMs }),
  };
  return {
    type: 'Configure',
    ...(Object.keys(thresholds).length > 0 && { thresholds }),
    ...(keyterms !== undefined && { keyterms }),
    ...(languageHints !== undefined && { language_hints: languageHints }),
    ...(numerals !== undefined && { numerals }),
  };
}

/** Where a connection's turns and times stand in the call. */
export interface Place {
  /** Counted from 0; with Flux's `turn_index` it names a turn: `'0:3'`. */
  readonly connection: number;
  /** Where in the call's audio this connection's audio began. */
  readonly offsetMs: number;
}

/** What a frame said. `configured`: it answers a `Configure`. */
export interface Decoded {
  readonly event: Connected | TurnEvent | Configured | Warning | FluxError;
  readonly configured?: boolean;
}

/**
 * What a frame says, or nothing if nobody here knows it: binary, not JSON, an unknown type or event, a turn without its
 * number (a whole one from 0). Missing and odd fields of a known message are made up for: no text is `''`, no confidence 0, no
 * window the place's offset; a word without text and a time that cannot be one are left out. `ConfigureFailure` is a `Warning`;
 * the fatal `Error` a `FluxError`. It never throws.
 */
export function decode(frame: Frame, place: Place): Decoded | undefined {
  const message = parse(frame);
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
      return { event: toWarning(message, 'CONFIGURE_FAILURE', 'Flux did not take the new settings.'), configured: true };
    case 'Warning':
      return { event: toWarning(message, 'WARNING', 'Flux warns, without saying of what.') };
    case 'Error':
      return { event: toError(message) };
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parse(frame: Frame): Fields {
  if (typeof frame !== 'string') return {};
  try {
    return fields(JSON.parse(frame));
  } catch {
    return {};
  }
}

function toTurnEvent(message: Fields, { connection, offsetMs }: Place): TurnEvent | undefined {
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
    const { word, confidence, start, end } = fields(one);
    if (typeof word !== 'string') continue;
    const from = toMs(start);
    const to = toMs(end);
    const heard: Writable<Word> = { word, confidence: number(confidence) ?? 0 };
    if (from !== undefined) heard.from = offsetMs + from;
    if (to !== undefined) heard.to = offsetMs + to;
    words.push(heard);
  }
  return words;
}

function toConfigured(message: Fields): Configured {
  const thresholds = fields(message['thresholds']);
  const eotThreshold = number(thresholds['eot_threshold']);
  const eagerEotThreshold = number(thresholds['eager_eot_threshold']);
  const eotTimeoutMs = number(thresholds['eot_timeout_ms']);
  const { keyterms, language_hints: hints, numerals } = message;
  return {
    type: 'Configured',
    ...(eotThreshold !== undefined && { eotThreshold }),
    ...(eagerEotThreshold !== undefined && { eagerEotThreshold }),
    ...(eotTimeoutMs !== undefined && { eotTimeoutMs }),
    ...(Array.isArray(keyterms) && { keyterms: texts(keyterms) }),
    ...(Array.isArray(hints) && { languageHints: texts(hints) }),
    ...(typeof numerals === 'boolean' && { numerals }),
  };
}

function toWarning({ code, description }: Fields, otherwise: string, what: string): Warning {
  return { type: 'Warning', stage: 'listen', code: text(code) || otherwise, message: text(description) || what };
}

/** Only what we said wrong would be wrong again. */
function toError({ code, description }: Fields): FluxError {
  const name = text(code) || wire.internalServerError;
  const what = text(description);
  return new FluxError(name, `Flux gave up (${name})${what && `: ${what}`}`, {
    retryable: name !== wire.unparsableClientMessage,
  });
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (values: readonly unknown[]): readonly string[] => values.filter((value) => typeof value === 'string');
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Flux's seconds carry the noise of single precision: 0.47999996. Nothing for what is no time on a clock that begins at 0. */
function toMs(seconds: unknown): number | undefined {
  const ms = Math.round((number(seconds) ?? NaN) * 1000);
  return isCount(ms) ? ms : undefined;
}
