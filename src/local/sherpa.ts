import { createRequire } from 'node:module';
import type { EarFiles } from './enginePackages.ts';
import { engineRateHz } from './samples.ts';

/** The part of sherpa-onnx-node that is used here (its own types leave out `mergedDecoder`). */
interface Sherpa {
  readonly OfflineRecognizer: new (config: unknown) => Recognizer;
  readonly Vad: new (config: unknown, bufferSeconds: number) => Vad;
}

interface Stream {
  acceptWaveform(sound: { samples: Float32Array; sampleRate: number }): void;
}

interface Recognizer {
  createStream(): Stream;
  decode(stream: Stream): void;
  getResult(stream: Stream): { text: string };
}

interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
}

/** 32 ms at 16 kHz, what Silero takes at a time. */
export const frameSamples = 512;

/** The engines of the ear, loaded. Blocks: they belong in a worker thread. */
export interface Ears {
  /** What is said in these samples of 16 kHz. */
  readonly decode: (samples: Float32Array) => string;
  /** A voice detector of one connection: whether there is voice after this frame of 512 samples. */
  readonly detector: () => (frame: Float32Array) => boolean;
}

/** Loads Moonshine tiny and makes Silero detectors. All files must exist: sherpa-onnx ends the process where one does not. */
export function ears(files: EarFiles, tokens: string): Ears {
  const sherpa = createRequire(import.meta.url)(files.runtime) as Sherpa;
  const recognizer = new sherpa.OfflineRecognizer({
    featConfig: { sampleRate: engineRateHz, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: files.encoder, mergedDecoder: files.decoder },
      tokens,
      // A second thread gains a fifth on an idle machine and loses half on a busy one.
      numThreads: 1,
      provider: 'cpu',
    },
  });
  return {
    decode: (samples) => {
      const stream = recognizer.createStream();
      stream.acceptWaveform({ samples, sampleRate: engineRateHz });
      recognizer.decode(stream);
      return recognizer.getResult(stream).text;
    },
    detector: () => detector(sherpa, files.activity),
  };
}

function detector({ Vad }: Sherpa, model: string): (frame: Float32Array) => boolean {
  const sileroVad = { model, threshold: 0.5, minSpeechDuration: 0.03, minSilenceDuration: 0.1, windowSize: frameSamples };
  const vad = new Vad({ sileroVad, sampleRate: engineRateHz, numThreads: 1 }, 30);
  return (frame) => {
    vad.acceptWaveform(frame);
    while (!vad.isEmpty()) vad.pop();
    return vad.isDetected();
  };
}
