import { expect, it, vi } from 'vitest';

it('the SDK is loaded with the first connection, not before', async () => {
  const loaded: string[] = [];
  vi.doMock('@deepgram/sdk', () => {
    loaded.push('@deepgram/sdk');
    return {};
  });
  const { deepgram } = await import('../../src/wire/deepgram.ts');
  const { NEVER } = await import('rxjs');
  const wire = deepgram({ service: 'listen.v2', apiKey: 'k', args: {} });
  const before = [...loaded];
  await new Promise((resolve) => NEVER.pipe(wire).subscribe({ error: resolve })); // there is no DeepgramClient in the mock

  expect({ before, loaded }).toStrictEqual({ before: [], loaded: ['@deepgram/sdk'] });
});
