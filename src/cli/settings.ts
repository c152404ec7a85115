import { basename, extname, join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { AgentOptions } from '../agent/options.ts';
import { usageError } from './commandError.ts';
import type { Environment, Variable } from './environment.ts';
import { numberFrom, text, urlOf, wholeFrom, type Reader } from './values.ts';

/** How each value is read, wherever it comes from. */
export const readers = {
  fluxModel: text,
  eot: numberFrom(0.5, 1),
  eagerEot: numberFrom(0.3, 0.9),
  eotTimeout: wholeFrom(500, 60_000),
  keyterm: text,
  llmModel: text,
  voice: text,
  temperature: numberFrom(0, 2),
  maxTokens: wholeFrom(1, 100_000),
  deepgramUrl: urlOf('wss:', 'ws:', 'https:', 'http:'),
  openaiUrl: urlOf('https:', 'http:'),
  speed: numberFrom(0.1, 100),
} as const;

/** The flags of `sluice run`, as commander gives them: read, and absent where not given. */
export interface RunFlags {
  readonly output?: string;
  readonly record?: string | boolean;
  readonly redact?: boolean;
  readonly fluxModel?: string;
  readonly eot?: number;
  readonly eagerEot?: number;
  readonly eotTimeout?: number;
  readonly keyterm?: readonly string[];
  readonly llmModel?: string;
  readonly voice?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly eager?: NonNullable<AgentOptions['eager']>;
  readonly deepgramUrl?: string;
  readonly openaiUrl?: string;
  readonly speed?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A service to be used: without one of these its side is the emulator's. */
export interface Service {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface RunSettings {
  readonly input: string;
  readonly output: string;
  /** Where the recording goes; nowhere without it. */
  readonly record?: string;
  readonly redact: boolean;
  readonly deepgram?: Service;
  readonly model?: Service;
  readonly flux: {
    model?: string;
    eotThreshold?: number;
    eagerEotThreshold?: number;
    eotTimeoutMs?: number;
    keyterms?: readonly string[];
  };
  readonly llm: { model?: string; temperature?: number; maxTokens?: number };
  readonly aura: { voice?: string };
  readonly agent: Pick<AgentOptions, 'eager' | 'system' | 'draftTimeoutMs'>;
  readonly speed: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Flags over environment over defaults. What is not named anywhere is not in the result, and the service's default holds. */
export function runSettings(input: string, flags: RunFlags, environment: Environment): RunSettings {
  const from = <T>(name: Variable, read: Reader<T>) => readAs(`The variable ${name}`, environment[name], read);
  const url = (flag: string, value: string | undefined, read: Reader<string>) => readAs(`The flag ${flag}`, value, read);

  const eotThreshold = flags.eot ?? from('SLUICE_EOT', readers.eot);
  const eagerEotThreshold = flags.eagerEot ?? from('SLUICE_EAGER_EOT', readers.eagerEot);
  const eotTimeoutMs = flags.eotTimeout ?? from('SLUICE_EOT_TIMEOUT', readers.eotTimeout);
  if (eagerEotThreshold !== undefined && eagerEotThreshold > (eotThreshold ?? 0.7))
    throw usageError(`--eager-eot (${eagerEotThreshold}) must not be above --eot (${eotThreshold ?? '0.7, its default'}).`);

  const deepgramUrl =
    url('--deepgram-url', flags.deepgramUrl, readers.deepgramUrl) ?? from('DEEPGRAM_BASE_URL', readers.deepgramUrl);
  const openaiUrl = url('--openai-url', flags.openaiUrl, readers.openaiUrl) ?? from('OPENAI_BASE_URL', readers.openaiUrl);
  const deepgram = service(environment.DEEPGRAM_API_KEY, deepgramUrl);
  const model = service(environment.OPENAI_API_KEY, openaiUrl);

  const output = flags.output ?? join('out', `${basename(input, extname(input))}.wav`);
  if (output === '-') throw usageError('-o - (stdout) is not possible: name a file.');
  if (resolve(output) === resolve(input)) throw usageError(`-o ${output} is the recording itself.`);

  const record = recordPath(flags.record, output);
  if (record !== undefined && resolve(record) === resolve(output))
    throw usageError(`--record ${record} is where the sound of the call goes.`);

  return {
    input,
    output,
    ...(record !== undefined && { record }),
    redact: flags.redact ?? false,
    ...(deepgram && { deepgram }),
    ...(model && { model }),
    flux: defined({
      model: flags.fluxModel ?? from('SLUICE_FLUX_MODEL', text),
      eotThreshold,
      eagerEotThreshold,
      eotTimeoutMs,
      keyterms: flags.keyterm,
    }),
    llm: defined({
      model: flags.llmModel ?? from('SLUICE_LLM_MODEL', text),
      temperature: flags.temperature,
      maxTokens: flags.maxTokens,
    }),
    aura: defined({ voice: flags.voice ?? from('SLUICE_VOICE', text) }),
    // A draft outlives the longest silence after which Flux ends a turn in any case.
    agent: defined({ eager: flags.eager, system: flags.system, draftTimeoutMs: (eotTimeoutMs ?? 5000) + 1000 }),
    speed: flags.speed ?? 1,
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
  };
}

/** Beside the sound of the call, unless said otherwise. */
function recordPath(flag: RunFlags['record'], output: string): string | undefined {
  if (flag === false) return undefined;
  return typeof flag === 'string' ? flag : `${output.slice(0, output.length - extname(output).length)}.jsonl`;
}

/** A URL without a key is a server that wants none; clients send one all the same. */
function service(apiKey: string | undefined, baseUrl: string | undefined): Service | undefined {
  if (apiKey === undefined && baseUrl === undefined) return undefined;
  return { apiKey: apiKey ?? 'none', ...(baseUrl !== undefined && { baseUrl }) };
}

/** A value that commander has not read. Addresses among them: it would repeat what is wrong, and a password with it. */
function readAs<T>(name: string, value: string | undefined, read: Reader<T>): T | undefined {
  if (value === undefined) return undefined;
  try {
    return read(value);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw usageError(`${name} is invalid. ${error.message}`, error);
    throw error;
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the fields that are `undefined`. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
