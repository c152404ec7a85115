import { concat } from 'rxjs';
import { emulator, scripted, type Emulator } from '../../../src/emulator/index.ts';
import { auraWire, fluxWire } from '../../../src/emulator/scenario/index.ts';
import { deepgram } from '../../../src/wire/deepgram.ts';
import { inVirtualTime, wireContract } from '../../contract/wire.ts';
import { turnRow, type Json } from './client.ts';

const typeOf = (frame: unknown) => (typeof frame === 'string' ? (JSON.parse(frame) as Json)['type'] : undefined);

wireContract(
  'a scenario’s Flux',
  () => ({
    wire: fluxWire({ flux: [turnRow(500, 'Update', '')] }),
    question: [new Uint8Array(2560), '{"type":"ForceEndTurn"}'],
    isAnswer: (frame) => typeOf(frame) === 'Warning',
    goodbye: '{"type":"CloseStream"}',
    broken: fluxWire({ flux: [{ at: 100, drop: true }] }),
  }),
  { run: inVirtualTime },
);

wireContract(
  'a scenario’s voice',
  () => ({
    wire: auraWire({}),
    question: ['{"type":"Speak","text":"Hi"}', '{"type":"Flush"}'],
    isAnswer: (frame) => typeOf(frame) === 'Flushed',
    goodbye: '{"type":"Close"}',
    broken: (frames) => concat(['{"type":"Reset"}'], frames).pipe(auraWire({})),
  }),
  { run: inVirtualTime },
);

let server: Emulator;
const teardown = () => server.close();

wireContract(
  'the emulator’s Flux over a socket',
  async () => {
    server = await emulator({ backend: scripted({ flux: [turnRow(500, 'Update', '')] }) });
    const peer = { apiKey: 'k', baseUrl: server.deepgramUrl, service: 'listen.v2' } as const;
    const args = { model: 'flux-general-en', encoding: 'linear16', sample_rate: 16_000 };
    return {
      wire: deepgram({ ...peer, args }),
      question: [new Uint8Array(2560), '{"type":"ForceEndTurn"}'],
      isAnswer: (frame) => typeOf(frame) === 'Warning',
      goodbye: '{"type":"CloseStream"}',
      broken: deepgram({ ...peer, args: { ...args, model: 'flux' } }),
    };
  },
  { teardown },
);

wireContract(
  'the emulator’s Aura over a socket',
  async () => {
    server = await emulator({ backend: scripted({}) });
    const peer = { apiKey: 'k', baseUrl: server.deepgramUrl, service: 'speak.v1' } as const;
    return {
      wire: deepgram({ ...peer, args: { model: 'aura-2-phoebe-en' } }),
      question: ['{"type":"Speak","text":"Hi"}', '{"type":"Flush"}'],
      isAnswer: (frame) => typeOf(frame) === 'Flushed',
      goodbye: '{"type":"Close"}',
      broken: deepgram({ ...peer, args: { model: 'nobody' } }),
    };
  },
  { teardown },
);
