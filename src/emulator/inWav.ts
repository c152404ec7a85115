import { catchError, concatMap, defer, EMPTY, of, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import type { Frame } from '../wire/wire.ts';
import { HangUp, type Far } from './far.ts';

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
  const begins = (text: string, at: number) => bytes.toString('latin1', at, at + text.length) === text;
  if (bytes.length >= 12 && !(begins('RIFF', 0) && begins('WAVE', 8))) throw new Undecodable('audio is not a WAV');
  for (let at = 12; at + 8 <= bytes.length;) {
    if (begins('data', at)) return at + 8;
    const length = bytes.readUInt32LE(at + 4);
    if (begins('fmt ', at) && at + 24 <= bytes.length) checkFormat(bytes.subarray(at + 8));
    at += 8 + length + (length % 2);
  }
  if (bytes.length > longestHeader) throw new Undecodable('WAV has no samples');
  return undefined;
}

function checkFormat(format: Buffer): void {
  const [encoding, channels, rate, bits] = [
    format.readUInt16LE(0),
    format.readUInt16LE(2),
    format.readUInt32LE(4),
    format.readUInt16LE(14),
  ];
  if (encoding !== 1 || channels !== 1 || rate !== 16_000 || bits !== 16) {
    throw new Undecodable('WAV must be 16-bit mono at 16000 Hz');
  }
}
