import { catchError, concatMap, defer, EMPTY, of, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import { riffChunks, tagAt } from '../../audio/riff.ts';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Far } from '../server/peer.ts';

/** A header is not longer than this. */
const longestHeader = 65_536;

class Undecodable extends Error {}

/**
 * A far side for audio in a container: the header of a WAV is taken off before it hears anything. Of containers and formats
 * the emulator knows WAV with 16-bit mono at 16 kHz, which is what it hears by default; others close with 1008.
 */
export function inWav(far: Far): Far {
  return (frames) =>
    frames.pipe(
      withoutHeader(),
      far,
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

/** Where the samples of a WAV begin; undefined while its header is not complete. */
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
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [encoding, channels, rate, bits] = [
    view.getUint16(0, true),
    view.getUint16(2, true),
    view.getUint32(4, true),
    view.getUint16(14, true),
  ];
  if (encoding !== 1 || channels !== 1 || rate !== 16_000 || bits !== 16) {
    throw new Undecodable('WAV must be 16-bit mono at 16000 Hz');
  }
}
