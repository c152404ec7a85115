import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecorder } from '../../src/cli/recorder.ts';
import { readRecording } from '../../src/record/file/readRecording.ts';
import { folder } from './sluiceProcess.ts';

/** The header of a run with this Flux. */
function headerOf(side: { readonly deepgram?: { readonly apiKey: string } }) {
  const path = folder();
  const record = join(path, 'call.jsonl');
  const settings = { record, redact: false, output: join(path, 'call.wav'), flux: {}, llm: {}, aura: {}, agent: {}, ...side };
  openRecorder(settings, { encoding: 'linear16', sampleRateHz: 16_000 }).close();
  return readRecording(readFileSync(record, 'utf8')).header;
}

describe('a recording of a run', () => {
  it('marks an emulated Flux, whose confidence must not be used for tuning', () => {
    expect(headerOf({}).options.listen).toMatchObject({ emulated: true });
    expect(headerOf({ deepgram: { apiKey: 'secret' } }).options.listen).not.toHaveProperty('emulated');
  });
});
