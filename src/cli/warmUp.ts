import { EMPTY, lastValueFrom, merge } from 'rxjs';
import { defaultSettings } from '../emulator/listenSettings.ts';
import type { Mind } from '../emulator/mind.ts';

/**
 * Loads what a mind loads at its first call: engines and models, about a second. A recording does not wait for them as a
 * caller would who is rung up, and its first turn would be late by it.
 */
export async function warmUp(mind: Mind): Promise<void> {
  const voice = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 } as const;
  await lastValueFrom(merge(mind.listen(defaultSettings)(EMPTY), mind.speak('Ready.', voice)), { defaultValue: undefined });
}

/** Loads the clients of the services, which are imported at first use. */
export async function loadClients(): Promise<void> {
  await Promise.all([import('@deepgram/sdk'), import('openai'), import('ws')]);
}
