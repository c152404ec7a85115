import { emulator, type Emulator } from '../emulator/server/server.ts';
import { local, missingEngines } from '../local/index.ts';
import { CommandError } from './commandError.ts';
import type { RunSettings, Service } from './settings.ts';
import { withoutSecrets } from './values.ts';

/** The far sides of a call: those chosen, or the emulator. */
export interface Sides {
  readonly deepgram: Service;
  readonly model: Service;
  /** All three of them, in plain words. */
  readonly words: string;
  /** Where each is reached, without secrets. */
  readonly places: { readonly deepgram: string; readonly model: string };
  readonly close: () => Promise<void>;
}

/**
 * Finds a far side for each stage. A service without key and URL is the emulator's, started here on the loopback; it
 * needs the engines if it is to hear and speak (`checkEngines`).
 */
export async function openSides({ deepgram, model, flux, llm, aura }: RunSettings): Promise<Sides> {
  const own = deepgram && model ? undefined : local();
  const [server] = await Promise.all([own && emulator({ backend: own }), loadClients(), own && !deepgram && own.warm()]);
  const sides = { deepgram: deepgram ?? emulated(server, 'deepgramUrl'), model: model ?? emulated(server, 'openaiUrl') };
  const at = ({ baseUrl }: Service) => (baseUrl === undefined ? '' : ` at ${withoutSecrets(baseUrl)}`);

  const listen = deepgram
    ? `${flux.model ?? 'flux-general-en'} (Deepgram Flux${at(deepgram)})`
    : 'emulator (Silero, Moonshine tiny)';
  const think = model
    ? `${llm.model ?? 'gpt-4o-mini'} (OpenAI API${at(model)})`
    : 'offline rules, not a language model (emulator)';
  const speak = deepgram ? `${aura.voice ?? 'aura-2-phoebe-en'} (Deepgram Aura${at(deepgram)})` : 'emulator (Flite slt)';
  return {
    ...sides,
    words: `listen: ${listen} · think: ${think} · speak: ${speak}`,
    places: {
      deepgram: withoutSecrets(sides.deepgram.baseUrl ?? 'wss://api.deepgram.com'),
      model: withoutSecrets(sides.model.baseUrl ?? 'https://api.openai.com/v1'),
    },
    close: async () => server?.close(),
  };
}

/**
 * Throws a `CommandError` where the engines are not installed: what would only fail at the first word does not start. `instead`
 * says how to do without.
 */
export function checkEngines(instead = 'set DEEPGRAM_API_KEY and OPENAI_API_KEY'): void {
  const missing = missingEngines();
  if (missing.length === 0) return;
  throw new CommandError(
    `The local speech engines are not installed (${missing.join(', ')}). Run \`sluice engines --install\`, or ${instead}.`,
  );
}

/** Loads the clients of the services, which are imported at first use. */
async function loadClients(): Promise<void> {
  await Promise.all([import('@deepgram/sdk'), import('openai'), import('ws')]);
}

function emulated(server: Emulator | undefined, url: 'deepgramUrl' | 'openaiUrl'): Service {
  return { apiKey: 'emulator', ...(server && { baseUrl: server[url] }) };
}
