import { slowed } from '../faults/delayed.ts';
import { withFaults } from '../faults/peerFaults.ts';
import { inWav } from '../listen/inWav.ts';
import { listenPeer } from '../listen/listen.ts';
import { listenQuery } from '../listen/listenSettings.ts';
import type { Backend } from '../backend.ts';
import type { SocketService } from './sockets.ts';
import { speakPeer, longestConnectionMs } from '../speak/speak.ts';
import { speakQuery } from '../speak/speakSettings.ts';
import { withVariant } from '../faults/withVariant.ts';

/** The services behind WebSockets, by path. */
export function servicesOf({ listen, speak, clearLagMs, markPlace }: Backend): Readonly<Record<string, SocketService>> {
  return {
    '/v2/listen': {
      service: 'listen',
      markPlace,
      open: (query, requestId, { onError, hits, variant }) => {
        const { settings, contained } = listenQuery(query, variant);
        const peer = listenPeer({ listen, settings, requestId, onError, variant });
        return withFaults(withVariant(contained ? inWav(peer) : peer, variant), hits, markPlace);
      },
    },
    '/v1/speak': {
      service: 'speak',
      open: (query, requestId, { onClear, onError, hits, variant }) => {
        const slowedSpeak: Backend['speak'] = (...args) => speak(...args).pipe(slowed(hits));
        const peer = speakPeer({
          speak: slowedSpeak,
          voice: speakQuery(query, variant),
          requestId,
          clearLagMs,
          lifetimeMs: longestConnectionMs,
          onClear,
          onError,
          variant,
        });
        return withFaults(withVariant(peer, variant), hits);
      },
    },
  };
}
