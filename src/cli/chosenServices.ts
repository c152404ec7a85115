import { emulator, type Emulator } from '../emulator/server/server.ts';
import { local } from '../local/index.ts';
import type { RunSettings, Service } from './settings.ts';

/** The services of a call: the configured ones, and the emulator for the others. */
export interface ChosenServices {
  readonly deepgram: Service;
  readonly model: Service;
  /** One line that names the service of each stage. */
  readonly summary: string;
  /** The address of each service, without secrets. */
  readonly addresses: { readonly deepgram: string; readonly model: string };
  readonly close: () => Promise<void>;
}

/**
 * Chooses a service for each stage. A service without key and URL is emulated on loopback; for Deepgram that needs the engines
 * (`checkEngines`).
 */
export async function chooseServices({ deepgram, model, flux, llm, aura }: RunSettings): Promise<ChosenServices> {
  const backend = deepgram && model ? undefined : local();
  const [server] = await Promise.all([backend && emulator({ backend }), loadClients(), !deepgram && backend?.warm()]);
  const chosen = { deepgram: deepgram ?? emulated(server, 'deepgramUrl'), model: model ?? emulated(server, 'openaiUrl') };
  const at = ({ baseUrl }: Service) => (baseUrl === undefined ? '' : ` at ${withoutSecrets(baseUrl)}`);

  const listen = deepgram
    ? `${flux.model ?? 'flux-general-en'} (Deepgram Flux${at(deepgram)})`
    : 'emulator (Silero, Moonshine tiny)';
  const think = model
    ? `${llm.model ?? 'gpt-4o-mini'} (OpenAI API${at(model)})`
    : 'offline rules, not a language model (emulator)';
  const speak = deepgram ? `${aura.voice ?? 'aura-2-phoebe-en'} (Deepgram Aura${at(deepgram)})` : 'emulator (Flite slt)';
  return {
    ...chosen,
    summary: `listen: ${listen} · think: ${think} · speak: ${speak}`,
    addresses: {
      deepgram: withoutSecrets(chosen.deepgram.baseUrl ?? 'wss://api.deepgram.com'),
      model: withoutSecrets(chosen.model.baseUrl ?? 'https://api.openai.com/v1'),
    },
    close: async () => server?.close(),
  };
}

/** Imports the clients of the services now, so that the first request does not wait for them. */
async function loadClients(): Promise<void> {
  await Promise.all([import('@deepgram/sdk'), import('openai'), import('ws')]);
}

function emulated(server: Emulator | undefined, url: 'deepgramUrl' | 'openaiUrl'): Service {
  return { apiKey: 'emulator', ...(server && { baseUrl: server[url] }) };
}

/** An address without the parts that may be secret: user, password and query. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/, '');
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
