import { defer, switchMap, tap, timer } from 'rxjs';
import type { Wire } from '../../wire/wire.ts';
import { asWire } from '../server/peer.ts';
import { slowed } from '../faults/delayed.ts';
import { withFaults } from '../faults/farFaults.ts';
import { Faults } from '../faults/faults.ts';
import { refusing } from '../faults/refusing.ts';
import { variantOf } from '../faults/variant.ts';
import type { VoiceSettings } from '../backend.ts';
import type { Scenario } from './scenario.ts';
import { scriptedSpeak } from './scriptedSpeak.ts';
import { speaking } from '../speak/speak.ts';
import { varied } from '../faults/varied.ts';

const phoebe: VoiceSettings = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 };

/**
 * A scenario's voice as a wire, in whatever time it is run: Aura's protocol and limits, with the scenario's timings and a tone
 * for speech.
 *
 *     frames    --S-F-----------
 *     result    M-----a-a-a-(af)    M: Metadata, a: 40 ms of sound, f: Flushed
 *
 * It stands in the moment of its subscription, but not while subscribing. Completes after `Close`; errors with `closed` and Aura's
 * code where a limit is broken. Faults of `speak` act.
 */
export function auraWire({ speech, faults, seed }: Scenario, voice: VoiceSettings = phoebe): Wire {
  const trouble = new Faults(faults, seed);
  const speak = scriptedSpeak(speech);
  let connections = 0;
  return (frames) =>
    defer(() => {
      const requestId = `00000000-0000-4000-9000-${String(connections++).padStart(12, '0')}`;
      const hits = trouble.next('speak');
      const variant = variantOf(hits);
      const far = speaking({
        speak: (...said) => speak(...said).pipe(slowed(hits)),
        voice,
        requestId,
        clearLagMs: speech?.lateMs,
        variant,
      });
      return timer(0).pipe(
        tap(() => {
          refusing(hits);
        }),
        switchMap(() => frames.pipe(asWire(withFaults(varied(far, variant), hits)))),
      );
    });
}
