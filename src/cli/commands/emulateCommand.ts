import { readFileSync } from 'node:fs';
import { firstValueFrom } from 'rxjs';
import { parseFaults } from '../../emulator/faults/parseFaults.ts';
import { parseScenario } from '../../emulator/scenario/parseScenario.ts';
import { scripted } from '../../emulator/scenario/scripted.ts';
import { emulator, type Emulator } from '../../emulator/server/server.ts';
import type { Backend } from '../../emulator/backend.ts';
import { local, type LocalBackend } from '../../local/index.ts';
import { usageError } from '../commandError.ts';
import { interruption } from '../interruption.ts';
import { checkEngines } from '../chosenServices.ts';

/** The flags of `sluice emulate`. */
export interface EmulateFlags {
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

/** `sluice emulate`: serves the three services on the loopback until it is interrupted. */
export async function emulate({
  port = 0,
  key,
  json = false,
  fault = [],
  control = false,
  ...choice
}: EmulateFlags): Promise<number> {
  const faults = fault.flatMap((text) => parseFaults(text, '--fault'));
  const backend = chosenBackend(choice);
  const stopped = firstValueFrom(interruption());
  const server = await emulator({ backend, port, faults, control, ...(key !== undefined && { key }) });
  const line = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
  if (json) {
    line({ kind: 'listening', deepgramUrl: server.deepgramUrl, openaiUrl: server.openaiUrl });
    server.events.subscribe(line);
  } else process.stdout.write(directions(server, backend, key));
  // While no one has called yet, so that the first caller need not wait. What goes wrong here goes wrong there again, and is told.
  if ('warm' in backend) backend.warm().catch(() => undefined);
  const exitCode = await stopped;
  await server.close();
  return exitCode;
}

function chosenBackend({
  mind,
  backend = mind,
  scenario,
}: Pick<EmulateFlags, 'backend' | 'mind' | 'scenario'>): Backend | LocalBackend {
  if (scenario !== undefined) {
    if (backend === 'local') throw usageError('--scenario needs --backend scripted: real engines follow no scenario.');
    return scripted(parseScenario(readFileSync(scenario, 'utf8'), scenario));
  }
  if (backend === 'scripted') throw usageError('--backend scripted needs --scenario <file>.');
  checkEngines('use `--backend scripted --scenario <file>`, which needs none');
  return local();
}

function directions({ deepgramUrl, openaiUrl }: Emulator, { name }: Backend, key: string | undefined): string {
  const backends = {
    local: 'real engines (Silero, Moonshine tiny, Flite) and offline rules, not a language model',
    scripted: 'a scenario',
  };
  return `Emulator of Deepgram Flux, Aura and OpenAI chat completions, on this machine only. Behind it: ${backends[name]}.

  DEEPGRAM_BASE_URL=${deepgramUrl}
  OPENAI_BASE_URL=${openaiUrl}

Point any client at these; ${key === undefined ? 'any key is accepted, but none is refused' : 'it takes the key you gave'}. Ctrl-C ends it.
`;
}
