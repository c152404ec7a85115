import { workerData } from 'node:worker_threads';
import type { BackendInput, BackendOutput, ListenSettings } from '../emulator/backend.ts';
import type { RecogniserFiles } from './enginePackages.ts';
import { recognise } from './recognise.ts';
import { loadRecogniser } from './recogniserEngines.ts';
import { serve } from './serve.ts';
import { tokensFile } from './tokens.ts';

/** The recogniser's thread: one Moonshine for all connections, a voice detector for each. */
const { files, cacheDir } = workerData as { files: RecogniserFiles; cacheDir: string };

const engines = tokensFile(files.vocabulary, cacheDir).then((tokens) => loadRecogniser(files, tokens));

await serve<ListenSettings, BackendInput, BackendOutput>(engines.then((loaded) => (settings) => recognise(loaded, settings)));
