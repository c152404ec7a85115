import { catchError, concatMap, defer, EMPTY, of, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import { riffChunks, tagAt, wavFormat } from '../../audio/riff.ts';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Peer } from '../server/peer.ts';

const longestHeader = 65_536;

class Undecodable extends Error {}

/**
 * Adapts a peer to audio in a container: removes the header of a WAV. The emulator supports WAV with 16-bit mono at 16 kHz, the
 * default format of a backend. Other containers and formats close with 1008.
 */
export function inWav(peer: Peer): Peer {
  return (frames) =>
    frames.pipe(
      withoutHeader(),
      peer,
      catchError((error: unknown) =>
        error instanceof Undecodable ? of(new HangUp(1008, `DATA-0000 ${error.message}`)) : throwError(() => error),
      ),
    );
}

function withoutHeader(): MonoTypeOperatorFunction<Frame> {
  return (frames) =>
    defer(() => {
      let header: Buffer | undefined = Buffer.alloc(0);
      return frames.pipe(
        concatMap((frame) => {
          if (typeof frame === 'string' || header === undefined) return of(frame);
          header = Buffer.concat([header, frame]);
          const start = startOfSamples(header);
          if (start === undefined) return EMPTY;
          const samples = header.subarray(start);
          header = undefined;
          return of(samples);
        }),
      );
    });
}

/** The offset of the samples of a WAV; undefined while its header is incomplete. */
function startOfSamples(bytes: Buffer): number | undefined {
  if (bytes.length >= 12 && !(tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE'))
    throw new Undecodable('audio is not a WAV');
  let isKnown = false;
  for (const { id, body } of riffChunks(bytes)) {
    if (id === 'fmt ' && body.length >= 16 && !isKnown) {
      checkFormat(body);
      isKnown = true;
    }
    if (id !== 'data') continue;
    if (!isKnown) throw new Undecodable('WAV has no format before its samples');
    return body.byteOffset - bytes.byteOffset;
  }
  if (bytes.length > longestHeader) throw new Undecodable('WAV has no samples');
  return undefined;
}

function checkFormat(body: Uint8Array): void {
  const { encoding, channels, sampleRateHz, bits } = wavFormat(body);
  if (encoding !== 1 || channels !== 1 || sampleRateHz !== 16_000 || bits !== 16) {
    throw new Undecodable('WAV must be 16-bit mono at 16000 Hz');
  }
}
