/** A chunk of a RIFF file, of which WAV is one kind. */
export interface RiffChunk {
  readonly id: string;
  readonly body: Uint8Array;
}

/** The `fmt ` chunk of a WAV. */
export interface WavFormat {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bits: number;
}

const extensible = 0xfffe;

/**
 * The chunks of a RIFF file in order, as views of it. If a size exceeds the file, the body ends with the file. The sizes of
 * chunks are the only numbers it relies on, so that reading takes no longer than the file is long.
 */
export function* riffChunks(bytes: Uint8Array): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    yield { id: tagAt(bytes, at), body: bytes.subarray(at + 8, at + 8 + size) };
    at += 8 + size + (size % 2);
  }
}

/** Four letters that name something; fewer at the end of a file. */
export function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** Reads the body of a `fmt ` chunk of at least 16 bytes. The real encoding of an "extensible" one follows at its end. */
export function wavFormat(body: Uint8Array): WavFormat {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const encoding = view.getUint16(0, true);
  return {
    encoding: encoding === extensible && body.length >= 26 ? view.getUint16(24, true) : encoding,
    channels: view.getUint16(2, true),
    sampleRateHz: view.getUint32(4, true),
    bits: view.getUint16(14, true),
  };
}
