/** A piece of a RIFF file: what it is, and what is in it. */
export interface RiffChunk {
  readonly id: string;
  readonly body: Uint8Array;
}

/**
 * The chunks of a RIFF file, in their order, as views of it. Where a size promises more than there is, what is there counts.
 * Nothing in a chunk is believed but its own size, so that reading takes no longer than the file is long.
 */
export function* riffChunks(bytes: Uint8Array): Generator<RiffChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true);
    yield { id: tagAt(bytes, at), body: bytes.subarray(at + 8, at + 8 + size) };
    at += 8 + size + (size % 2);
  }
}

/** The contents of the `fmt ` chunk of a WAV. */
export interface WavFormat {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bits: number;
}

const extensible = 0xfffe;

/** Reads a `fmt ` chunk of at least 16 bytes. The encoding of an extensible one is that of its subformat. */
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

/** Four letters that name something; fewer at the end of a file. */
export function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
