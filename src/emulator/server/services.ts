import { slowed } from '../faults/delayed.ts';
import { withFaults } from '../faults/farFaults.ts';
import { inWav } from '../listen/inWav.ts';
import { listening } from '../listen/listen.ts';
import { listenQuery } from '../listen/listenSettings.ts';
import type { Backend } from '../backend.ts';
import type { SocketService } from './sockets.ts';
import { speaking, speakingMs } from '../speak/speak.ts';
import { speakQuery } from '../speak/speakSettings.ts';
import { varied } from '../faults/varied.ts';

/** What is served by path. */
export function servicesOf({ listen, speak, clearLagMs, markPlace }: Backend): Readonly<Record<string, SocketService>> {
  return {
    '/v2/listen': {
      service: 'listen',
      markPlace,
      open: (query, requestId, { onError, hits, variant }) => {
        const { settings, contained } = listenQuery(query, variant);
        const far = listening({ listen, settings, requestId, onError, variant });
        return withFaults(varied(contained ? inWav(far) : far, variant), hits, markPlace);
      },
    },
    '/v1/speak': {
      service: 'speak',
      open: (query, requestId, { onClear, onError, hits, variant }) => {
        const slowly: Backend['speak'] = (...said) => speak(...said).pipe(slowed(hits));
        const far = speaking({
          speak: slowly,
          voice: speakQuery(query, variant),
          requestId,
          clearLagMs,
          lifetimeMs: speakingMs,
          onClear,
          onError,
          variant,
        });
        return withFaults(varied(far, variant), hits);
      },
    },
  };
}
