import { defer, switchMap, timer } from 'rxjs';
import type { Wire } from '../../wire/wire.ts';
import { asWire } from '../server/peer.ts';
import { slowed } from '../faults/delayed.ts';
import { withFaults } from '../faults/peerFaults.ts';
import { Faults, variantOf } from '../faults/faults.ts';
import { throwIfRefused } from '../faults/refusedBy.ts';
import type { VoiceSettings } from '../backend.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { speakPeer } from '../speak/speak.ts';
import { withVariant } from '../faults/withVariant.ts';

const phoebe: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };

/**
 * Plays a scenario's voice as a wire, in real or virtual time: Aura's protocol and limits, the scenario's timings, and a tone
 * instead of speech.
 *
 *     frames    --S-F-----------
 *     result    M-----a-a-a-(af)    M: Metadata, a: 40 ms of sound, f: Flushed
 *
 * It connects at once, but asynchronously. Completes after `Close`. Errors with `closed` and Aura's close code if a limit is
 * exceeded. Faults of `speak` apply.
 */
export function auraWire({ speech, faults, seed }: Scenario, voice: VoiceSettings = phoebe): Wire {
  const connectionFaults = new Faults(faults, seed);
  const speak = scriptedSpeak(speech);
  let connections = 0;
  return (frames) =>
    defer(() => {
      const requestId = `00000000-0000-4000-9000-${String(connections++).padStart(12, '0')}`;
      const hits = connectionFaults.next('speak');
      const variant = variantOf(hits);
      const peer = speakPeer({
        speak: (...args) => speak(...args).pipe(slowed(hits)),
        voice,
        requestId,
        clearLagMs: speech?.lateMs,
        variant,
      });
      return timer(0).pipe(
        switchMap(() => {
          throwIfRefused(hits);
          return frames.pipe(asWire(withFaults(withVariant(peer, variant), hits)));
        }),
      );
    });
}
