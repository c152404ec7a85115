import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** Every variable the command reads (design: the small print). A flag beats it, it beats the default. */
export const variables = [
  'DEEPGRAM_API_KEY',
  'DEEPGRAM_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'SLUICE_FLUX_MODEL',
  'SLUICE_LLM_MODEL',
  'SLUICE_VOICE',
  'SLUICE_EOT',
  'SLUICE_EAGER_EOT',
  'SLUICE_EOT_TIMEOUT',
] as const;

export type Variable = (typeof variables)[number];

/** What is set, and not to nothing. */
export type Environment = Readonly<Partial<Record<Variable, string>>>;

/**
 * The variables of this process, and those of `.env` in the working directory that it does not have. A variable set to nothing
 * counts as not set, also if `.env` has it: that is how a line of `.env` is switched off for once.
 */
export function readEnvironment(): Environment {
  const file = existsSync('.env') ? parse(readFileSync('.env')) : {};
  const found = variables.map((name) => [name, process.env[name] ?? file[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ''));
}
