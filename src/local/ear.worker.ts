import { workerData } from 'node:worker_threads';
import type { ListenSettings, MindInput, MindOutput } from '../emulator/backend.ts';
import type { EarFiles } from './enginePackages.ts';
import { hear } from './hear.ts';
import { serve } from './serve.ts';
import { ears } from './sherpa.ts';
import { tokensFile } from './tokens.ts';

/** The thread that listens: one recogniser for all connections, a detector for each. */
const { files, cacheDir } = workerData as { files: EarFiles; cacheDir: string };

const engines = tokensFile(files.vocabulary, cacheDir).then((tokens) => ears(files, tokens));

await serve<ListenSettings, MindInput, MindOutput>(engines.then((loaded) => (settings) => hear(loaded, settings)));
