import { defer, switchMap, timer } from 'rxjs';
import type { Wire } from '../wire/wire.ts';
import { asWire } from './far.ts';
import type { VoiceSettings } from './mind.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { speaking } from './speak.ts';

const phoebe: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };

/**
 * A scenario's voice as a wire, in whatever time it is run: Aura's protocol and limits, with the scenario's timings and a tone
 * for speech.
 *
 *     frames    --S-F-----------
 *     result    M-----a-a-a-(af)    M: Metadata, a: 40 ms of sound, f: Flushed
 *
 * It stands in the moment of its subscription, but not while subscribing. Completes after `Close`; errors with `closed` and Aura's code where a limit is broken.
 */
export function auraWire({ speech }: Scenario, voice: VoiceSettings = phoebe): Wire {
  let connections = 0;
  return (frames) =>
    defer(() => {
      const requestId = `00000000-0000-4000-9000-${String(connections++).padStart(12, '0')}`;
      const far = speaking({ speak: scriptedSpeak(speech), voice, requestId, clearLagMs: speech?.lateMs });
      return timer(0).pipe(switchMap(() => frames.pipe(asWire(far))));
    });
}
