import { Option, type Command } from 'commander';
import type { AgentOptions } from '../agent/options.ts';
import { addressWith, notEmpty, numberBetween, repeated, wholeNumberBetween } from './valueParsers.ts';

/** The parser of each value, whether a flag or a variable contains it. */
export const parsers = {
  fluxModel: notEmpty,
  eot: numberBetween(0.5, 1),
  eagerEot: numberBetween(0.3, 0.9),
  eotTimeout: wholeNumberBetween(500, 60_000),
  llmModel: notEmpty,
  voice: notEmpty,
  deepgramUrl: addressWith('wss:', 'ws:', 'https:', 'http:'),
  openaiUrl: addressWith('https:', 'http:'),
  speed: numberBetween(0.1, 100),
} as const;

/** The flags of `sluice run`, parsed. A flag that is not given is absent. */
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

/** Adds the flags to the command. The addresses are parsed later: commander's error would repeat them, with a password in them. */
export function addRunFlags(command: Command): Command {
  return command
    .option('-o, --output <file>', 'the call as a WAV: caller left, agent right (default: out/<input name>.wav)', notEmpty)
    .option('--record <file>', 'path of the recording (default: beside the output, as .jsonl)', notEmpty)
    .option('--no-record', 'write no recording and no timeline')
    .option('--redact', 'replace the words in the recording by placeholders')
    .option('--flux-model <name>', 'Flux model (default: flux-general-en)', parsers.fluxModel)
    .option('--eot <confidence>', 'confidence at which Flux ends a turn, 0.5 to 1 (default: 0.7)', parsers.eot)
    .option('--eager-eot <confidence>', 'confidence at which a draft starts, 0.3 to 0.9 (default: no drafts)', parsers.eagerEot)
    .option(
      '--eot-timeout <ms>',
      'silence after which Flux ends a turn in any case, 500 to 60000 (default: 5000)',
      parsers.eotTimeout,
    )
    .option('--keyterm <word>', 'a word that Flux should recognise better; may be repeated', repeated)
    .option('--llm-model <name>', 'language model (default: gpt-4o-mini)', parsers.llmModel)
    .option('--voice <name>', 'Aura voice (default: aura-2-phoebe-en)', parsers.voice)
    .option('--system <prompt>', 'system prompt (default: a helpful voice assistant that answers in one or two short sentences)')
    .option('--temperature <number>', 'temperature of the model, 0 to 2 (default: 0.7)', numberBetween(0, 2))
    .option('--max-tokens <number>', 'longest answer of the model, in tokens (default: 100)', wholeNumberBetween(1, 100_000))
    .addOption(
      new Option(
        '--eager <depth>',
        'what happens before the turn ends: no draft, a draft as text, or a draft with synthesized speech (default: speech)',
      ).choices(['off', 'text', 'speech']),
    )
    .option('--deepgram-url <url>', 'address of Flux and Aura')
    .option('--openai-url <url>', 'address of the chat completions API, with /v1')
    .option('--speed <factor>', 'play the audio this many times faster, 0.1 to 100 (default: 1)', parsers.speed)
    .option('--json', 'print only the events on stdout, one JSON object a line')
    .option('--quiet', 'print only the summary');
}
