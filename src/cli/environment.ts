import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** Every variable that the command reads. A flag beats a variable, a variable beats the default. */
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

/** The variables that are set and not empty. */
export type Environment = Readonly<Partial<Record<Variable, string>>>;

/**
 * Reads the variables of this process and, for those it does not have, the file `.env` in the working directory. An empty variable
 * counts as not set even if `.env` sets it: `SLUICE_EOT= sluice run …` switches a line of `.env` off.
 */
export function readEnvironment(): Environment {
  const file = existsSync('.env') ? parse(readFileSync('.env')) : {};
  const found = variables.map((name) => [name, process.env[name] ?? file[name]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ''));
}
