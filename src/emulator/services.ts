import { inWav } from './inWav.ts';
import { listening } from './listen.ts';
import { listenQuery } from './listenSettings.ts';
import type { Mind } from './mind.ts';
import type { SocketService } from './sockets.ts';
import { speaking, speakingMs } from './speak.ts';
import { speakQuery } from './speakSettings.ts';

/** What is served by path. */
export function servicesOf({ listen, speak, clearLagMs }: Mind): Readonly<Record<string, SocketService>> {
  return {
    '/v2/listen': {
      service: 'listen',
      open: (query, requestId, { onError }) => {
        const { settings, contained } = listenQuery(query);
        const far = listening({ listen, settings, requestId, onError });
        return contained ? inWav(far) : far;
      },
    },
    '/v1/speak': {
      service: 'speak',
      open: (query, requestId, { onClear, onError }) =>
        speaking({ speak, voice: speakQuery(query), requestId, clearLagMs, lifetimeMs: speakingMs, onClear, onError }),
    },
  };
}
