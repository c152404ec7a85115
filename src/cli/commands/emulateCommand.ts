import { Option } from 'commander';
import { firstValueFrom } from 'rxjs';
import { parseFaults } from '../../emulator/faults/parseFaults.ts';
import { parseScenario } from '../../emulator/scenario/parseScenario.ts';
import { scripted } from '../../emulator/scenario/scripted.ts';
import { emulator, type Emulator } from '../../emulator/server/server.ts';
import type { Backend } from '../../emulator/backend.ts';
import { local, type LocalBackend } from '../../local/index.ts';
import { type Subcommand, usageError } from '../subcommand.ts';
import { readText } from '../inputFile.ts';
import { interruption } from '../interruption.ts';
import { checkEngines } from '../checkEngines.ts';
import { notEmpty, repeated, wholeNumberBetween } from '../valueParsers.ts';

interface EmulateFlags {
  readonly port?: number;
  readonly backend?: Backend['name'];
  /** The old name of `backend`. */
  readonly mind?: Backend['name'];
  readonly scenario?: string;
  readonly key?: string;
  readonly json?: boolean;
  readonly fault?: readonly string[];
  readonly control?: boolean;
}

const backends = ['local', 'scripted'];

export const emulateCommand: Subcommand = (command, ends) =>
  command
    .option('--port <number>', 'port to listen on (default: any free port)', wholeNumberBetween(0, 65_535))
    .addOption(new Option('--backend <name>', 'local: real engines; scripted: a scenario (default: local)').choices(backends))
    .addOption(new Option('--mind <name>', 'the old name of --backend').choices(backends).hideHelp())
    .option('--scenario <file>', 'scenario of the scripted backend')
    .option('--key <key>', 'refuse every other key (default: accept any key)', notEmpty)
    .option('--fault <json>', 'inject a fault, written as in a scenario; may be repeated', repeated)
    .option('--control', 'accept faults at POST /faults')
    .option('--json', 'print the addresses and the events as JSON, one object a line')
    .action(async (flags: EmulateFlags) => ends(await emulate(flags)));

/** Serves until it is interrupted. */
async function emulate({ port = 0, key, json = false, fault = [], control = false, ...choice }: EmulateFlags): Promise<number> {
  const faults = fault.flatMap((text) => parseFaults(text, '--fault'));
  const backend = chosenBackend(choice);
  const stopped = firstValueFrom(interruption());
  const server = await emulator({ backend, port, faults, control, ...(key !== undefined && { key }) });
  const line = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  if (json) {
    line({ kind: 'listening', deepgramUrl: server.deepgramUrl, openaiUrl: server.openaiUrl });
    server.events.subscribe(line);
  } else process.stdout.write(directions(server, backend, key));
  // loads the engines before the first call; an error is reported to that call, which loads them again
  if ('warm' in backend) backend.warm().catch(() => undefined);
  const exitCode = await stopped;
  await server.close();
  return exitCode;
}

function chosenBackend({ mind, backend = mind, scenario }: EmulateFlags): Backend | LocalBackend {
  if (scenario !== undefined) {
    if (backend === 'local') throw usageError('--scenario needs --backend scripted: real engines follow no scenario.');
    return scripted(parseScenario(readText(scenario), scenario));
  }
  if (backend === 'scripted') throw usageError('--backend scripted needs --scenario <file>.');
  checkEngines('use `--backend scripted --scenario <file>`, which needs none');
  return local();
}

function directions({ deepgramUrl, openaiUrl }: Emulator, { name }: Backend, key: string | undefined): string {
  const behind = {
    local: 'real engines (Silero, Moonshine tiny, Flite) and offline rules, not a language model',
    scripted: 'a scenario',
  };
  return `Emulator of Deepgram Flux, Aura and OpenAI chat completions, on this machine only. Backend: ${behind[name]}.

  DEEPGRAM_BASE_URL=${deepgramUrl}
  OPENAI_BASE_URL=${openaiUrl}

Set these for any client. ${key === undefined ? 'Every key is accepted, but there must be one' : 'Only the key you gave is accepted'}. Ctrl-C stops the emulator.
`;
}
