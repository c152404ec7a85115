/** Bytes per second of raw mono audio (docs/wire/flux.md §2). */
export function bytesPerSecond({ encoding, sample_rate }: { readonly encoding: string; readonly sample_rate: number }): number {
  return sample_rate * (bytesPerSample[encoding] ?? 1);
}

const bytesPerSample: Readonly<Record<string, number>> = { linear16: 2, linear32: 4, mulaw: 1, alaw: 1 };
