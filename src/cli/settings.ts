import { basename, extname, join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { AgentOptions } from '../agent/options.ts';
import { usageError } from './subcommand.ts';
import type { Environment, Variable } from './environment.ts';
import { parsers, type RunFlags } from './runFlags.ts';
import type { Parser } from './valueParsers.ts';

/** A service that is used. One that has neither key nor URL is emulated. */
export interface Service {
  readonly apiKey: string;
  readonly baseUrl?: string;
}

export interface RunSettings {
  readonly input: string;
  readonly output: string;
  /** The path of the recording. Without it, nothing is recorded. */
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

/**
 * Merges flags and environment; a flag beats a variable. A setting that neither of them contains is left out, so that the default of
 * the service applies.
 */
export function runSettings(input: string, flags: RunFlags, environment: Environment): RunSettings {
  const from = <T>(name: Variable, parse: Parser<T>) => parseAs(`The variable ${name}`, environment[name], parse);
  const url = (flag: string, value: string | undefined, parse: Parser<string>) => parseAs(`The flag ${flag}`, value, parse);

  const eotThreshold = flags.eot ?? from('SLUICE_EOT', parsers.eot);
  const eagerEotThreshold = flags.eagerEot ?? from('SLUICE_EAGER_EOT', parsers.eagerEot);
  const eotTimeoutMs = flags.eotTimeout ?? from('SLUICE_EOT_TIMEOUT', parsers.eotTimeout);
  if (eagerEotThreshold !== undefined && eagerEotThreshold > (eotThreshold ?? 0.7))
    throw usageError(`--eager-eot (${eagerEotThreshold}) must not be above --eot (${eotThreshold ?? '0.7, its default'}).`);

  const deepgramUrl =
    url('--deepgram-url', flags.deepgramUrl, parsers.deepgramUrl) ?? from('DEEPGRAM_BASE_URL', parsers.deepgramUrl);
  const openaiUrl = url('--openai-url', flags.openaiUrl, parsers.openaiUrl) ?? from('OPENAI_BASE_URL', parsers.openaiUrl);
  const deepgram = service(environment.DEEPGRAM_API_KEY, deepgramUrl);
  const model = service(environment.OPENAI_API_KEY, openaiUrl);

  const output = flags.output ?? join('out', `${basename(input, extname(input))}.wav`);
  if (output === '-') throw usageError('-o - (stdout) is not possible: name a file.');
  if (resolve(output) === resolve(input)) throw usageError(`-o ${output} is the input file: name another file.`);

  const record = recordPath(flags.record, output);
  if (record !== undefined && resolve(record) === resolve(output))
    throw usageError(`--record ${record} is the output file of the call: name another file.`);

  return {
    input,
    output,
    ...(record !== undefined && { record }),
    redact: flags.redact ?? false,
    ...(deepgram && { deepgram }),
    ...(model && { model }),
    flux: defined({
      model: flags.fluxModel ?? from('SLUICE_FLUX_MODEL', parsers.fluxModel),
      eotThreshold,
      eagerEotThreshold,
      eotTimeoutMs,
      keyterms: flags.keyterm,
    }),
    llm: defined({
      model: flags.llmModel ?? from('SLUICE_LLM_MODEL', parsers.llmModel),
      temperature: flags.temperature,
      maxTokens: flags.maxTokens,
    }),
    aura: defined({ voice: flags.voice ?? from('SLUICE_VOICE', parsers.voice) }),
    // a draft must outlive the silence after which Flux ends every turn
    agent: defined({ eager: flags.eager, system: flags.system, draftTimeoutMs: (eotTimeoutMs ?? 5000) + 1000 }),
    speed: flags.speed ?? 1,
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
  };
}

/** The path of the recording. Default: beside the output. */
function recordPath(flag: RunFlags['record'], output: string): string | undefined {
  if (flag === false) return undefined;
  return typeof flag === 'string' ? flag : `${output.slice(0, output.length - extname(output).length)}.jsonl`;
}

/** A URL without a key belongs to a server that needs none. The clients send one in any case: `none`. */
function service(apiKey: string | undefined, baseUrl: string | undefined): Service | undefined {
  if (apiKey === undefined && baseUrl === undefined) return undefined;
  return { apiKey: apiKey ?? 'none', ...(baseUrl !== undefined && { baseUrl }) };
}

/** Parses a value that commander has not parsed: a variable or an address. */
function parseAs<T>(name: string, value: string | undefined, parse: Parser<T>): T | undefined {
  if (value === undefined) return undefined;
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw usageError(`${name} is invalid. ${error.message}`, error);
    throw error;
  }
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Leaves out the fields that are `undefined`. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
