import { readFile } from 'node:fs/promises';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { paced } from '../../operators/audio/paced.ts';
import { speaker } from '../../src/audio/speaker.ts';
import { chunks, readWav } from '../../src/audio/wav.ts';
import { flux } from '../../src/flux/flux.ts';
import { openai } from '../../src/llm/openai.ts';
import { agent } from '../../src/agent/agent.ts';
import { aura } from '../../src/tts/aura.ts';
import { deepgram } from '../../src/wire/deepgram.ts';
import { wireContract } from '../contract/wire.ts';

/** What the environment says of a side; a URL without a key sends the key `none`. */
const side = (name: 'DEEPGRAM' | 'OPENAI') => {
  const baseUrl = process.env[`${name}_BASE_URL`] || undefined;
  const apiKey = process.env[`${name}_API_KEY`] || (baseUrl && 'none');
  return apiKey ? { apiKey, ...(baseUrl !== undefined && { baseUrl }) } : undefined;
};
const voiceSide = side('DEEPGRAM');
const modelSide = side('OPENAI');
const why = (name: string) => `skipped: set ${name}_API_KEY, or ${name}_BASE_URL, to run it against the service`;

if (!voiceSide) {
  console.log(`Deepgram ${why('DEEPGRAM')}.`);
  describe('the services', () => it.skip(why('DEEPGRAM')));
} else {
  const broken = deepgram({ service: 'listen.v2', apiKey: 'wrong', baseUrl: 'ws://127.0.0.1:1', args: {} });
  wireContract('the socket to Flux', () => ({
    wire: deepgram({
      service: 'listen.v2',
      ...voiceSide,
      args: { model: 'flux-general-en', encoding: 'linear16', sample_rate: 16_000 },
    }),
    question: [new Uint8Array(2560), '{"type":"ForceEndTurn"}'],
    isAnswer: (frame) => typeof frame === 'string' && frame.includes('FORCE_END_TURN_NO_ACTIVE_TURN'),
    goodbye: '{"type":"CloseStream"}',
    broken,
  }));
  wireContract('the socket to Aura', () => ({
    wire: deepgram({
      service: 'speak.v1',
      ...voiceSide,
      args: { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: '16000' },
    }),
    question: ['{"type":"Speak","text":"Hello."}', '{"type":"Flush"}'],
    isAnswer: (frame) => typeof frame === 'string' && frame.includes('"Flushed"'),
    goodbye: '{"type":"Close"}',
    broken,
  }));

  describe.skipIf(!modelSide)(`one call (${modelSide ? 'with a model' : why('OPENAI')})`, () => {
    it('recognise, answer and speak one call', async () => {
      const name = 'fixtures/audio/pocketsphinx_goforward.wav';
      const file = readWav(await readFile(name), name);
      const call = chunks(file, 80).pipe(
        paced(),
        agent({ listen: flux(voiceSide), think: openai(modelSide), speak: aura(voiceSide), play: speaker() }),
        toArray(),
      );

      const events = await lastValueFrom(call);
      const types = events.map(({ type }) => type);

      expect(types).toEqual(
        expect.arrayContaining(['Connected', 'StartOfTurn', 'EndOfTurn', 'TurnTaken', 'ReplyStarted', 'SpeechStarted']),
      );
      expect(types.at(-1)).toBe('Closed');
      expect(events.filter(({ type }) => type === 'Failure')).toEqual([]);
      expect(events.find((event) => event.type === 'ReplyEnded')?.heardMs).toBeGreaterThan(0);
    });
  });
}
