import { workerData } from 'node:worker_threads';
import type { VoiceFiles } from './enginePackages.ts';
import { flite } from './flite.ts';
import { voice, type VoiceJob } from './fliteVoice.ts';
import { serve } from './serve.ts';

/** The voice's thread. */
const { files } = workerData as { files: VoiceFiles };

await serve<VoiceJob, never, Uint8Array>(flite(files.voice).then((synthesize) => (job) => () => voice(synthesize, job)));
