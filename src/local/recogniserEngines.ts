import { createRequire } from 'node:module';
import type { RecogniserFiles } from './enginePackages.ts';
import { engineRateHz } from './samples.ts';

/** The used part of sherpa-onnx-node. Its own types lack `mergedDecoder`. */
interface Sherpa {
  readonly OfflineRecognizer: new (config: unknown) => Recognizer;
  readonly Vad: new (config: unknown, bufferSeconds: number) => Vad;
}

interface Recognizer {
  createStream(): { acceptWaveform(sound: { samples: Float32Array; sampleRate: number }): void };
  decode(stream: object): void;
  getResult(stream: object): { text: string };
}

interface Vad {
  acceptWaveform(samples: Float32Array): void;
  isDetected(): boolean;
  isEmpty(): boolean;
  pop(): void;
}

/** Silero takes 32 ms at 16 kHz at a time. */
export const frameSamples = 512;

/** The loaded engines. Their calls block, so they belong in a worker thread. */
export interface RecogniserEngines {
  /** The text of 16 kHz samples. */
  readonly transcribe: (samples: Float32Array) => string;
  /** Makes a voice detector for one connection, which returns whether there is voice after each frame of 512 samples. */
  readonly voiceDetector: () => (frame: Float32Array) => boolean;
}

/** Loads Moonshine tiny, and Silero for voice detectors. All files must exist: sherpa-onnx ends the process if one is missing. */
export function loadRecogniser(files: RecogniserFiles, tokens: string): RecogniserEngines {
  const sherpa = createRequire(import.meta.url)(files.runtime) as Sherpa;
  const recogniser = new sherpa.OfflineRecognizer({
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
    transcribe: (samples) => {
      const stream = recogniser.createStream();
      stream.acceptWaveform({ samples, sampleRate: engineRateHz });
      recogniser.decode(stream);
      return recogniser.getResult(stream).text;
    },
    voiceDetector: () => voiceDetector(sherpa, files.activity),
  };
}

function voiceDetector({ Vad }: Sherpa, model: string): (frame: Float32Array) => boolean {
  const sileroVad = { model, threshold: 0.5, minSpeechDuration: 0.03, minSilenceDuration: 0.1, windowSize: frameSamples };
  const vad = new Vad({ sileroVad, sampleRate: engineRateHz, numThreads: 1 }, 30);
  return (frame) => {
    vad.acceptWaveform(frame);
    while (!vad.isEmpty()) vad.pop();
    return vad.isDetected();
  };
}
