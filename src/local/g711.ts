import wavefile from 'wavefile';

/** A law of G.711: the 16-bit value of each byte, and the bytes of 16-bit values. */
export interface Law {
  readonly decoded: Int16Array;
  readonly encode: (samples: Int16Array) => Uint8Array;
}

export const mulaw = law('8m');
export const alaw = law('8a');

function law(code: '8m' | '8a'): Law {
  const every = new wavefile.WaveFile();
  every.fromScratch(
    1,
    8000,
    code,
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
  );
  if (code === '8m') every.fromMuLaw();
  else every.fromALaw();
  return {
    decoded: Int16Array.from(every.getSamples(false, Int16Array)),
    encode: (samples) => {
      const wav = new wavefile.WaveFile();
      wav.fromScratch(1, 8000, '16', samples);
      if (code === '8m') wav.toMuLaw();
      else wav.toALaw();
      return Uint8Array.from(wav.getSamples(false, Uint8Array));
    },
  };
}
