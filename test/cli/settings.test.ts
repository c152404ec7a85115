import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/cli/subcommand.ts';
import { runSettings } from '../../src/cli/settings.ts';
import { withoutSecrets } from '../../src/cli/chosenServices.ts';

const defaults = {
  input: 'calls/a.wav',
  output: 'out/a.wav',
  record: 'out/a.jsonl',
  redact: false,
  flux: {},
  llm: {},
  aura: {},
  agent: { draftTimeoutMs: 6000 },
  speed: 1,
  json: false,
  quiet: false,
};

const refused = (...args: Parameters<typeof runSettings>) => {
  try {
    runSettings(...args);
  } catch (error) {
    if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  }
  throw new Error('it was accepted');
};

describe('runSettings', () => {
  it('leaves out every setting that was not given: the services have defaults', () => {
    expect(runSettings('calls/a.wav', {}, {})).toStrictEqual(defaults);
  });

  it('records beside the output, to the given path, or not at all', () => {
    const recordOf = (flags: Parameters<typeof runSettings>[1]) => runSettings('calls/a.wav', flags, {}).record;
    expect(recordOf({ output: 'x/b.call.wav' })).toBe('x/b.call.jsonl');
    expect(recordOf({ output: 'x/b' })).toBe('x/b.jsonl');
    expect(recordOf({ record: 'c' })).toBe('c');
    expect(recordOf({ record: false })).toBeUndefined();
    expect(refused('a.wav', { output: 'b.jsonl' }, {})).toStrictEqual({
      exitCode: 2,
      message: '--record b.jsonl is the output file of the call: name another file.',
    });
  });

  it('uses flags', () => {
    const flags = {
      output: 'b.wav',
      record: 'c.jsonl',
      redact: true,
      fluxModel: 'flux-general-multi',
      eot: 0.8,
      eagerEot: 0.4,
      eotTimeout: 3000,
      keyterm: ['Sluice', 'Flux'],
      llmModel: 'gpt-4o',
      voice: 'aura-2-thalia-en',
      system: '',
      temperature: 0,
      maxTokens: 50,
      eager: 'text',
      deepgramUrl: 'ws://127.0.0.1:1',
      openaiUrl: 'http://127.0.0.1:2/v1',
      speed: 2,
      json: true,
      quiet: true,
    } as const;
    expect(runSettings('a.wav', flags, {})).toStrictEqual({
      input: 'a.wav',
      output: 'b.wav',
      record: 'c.jsonl',
      redact: true,
      deepgram: { apiKey: 'none', baseUrl: 'ws://127.0.0.1:1' },
      model: { apiKey: 'none', baseUrl: 'http://127.0.0.1:2/v1' },
      flux: {
        model: 'flux-general-multi',
        eotThreshold: 0.8,
        eagerEotThreshold: 0.4,
        eotTimeoutMs: 3000,
        keyterms: ['Sluice', 'Flux'],
      },
      llm: { model: 'gpt-4o', temperature: 0, maxTokens: 50 },
      aura: { voice: 'aura-2-thalia-en' },
      agent: { eager: 'text', system: '', draftTimeoutMs: 4000 },
      speed: 2,
      json: true,
      quiet: true,
    });
  });

  it('uses variables, and prefers flags', () => {
    const environment = {
      DEEPGRAM_API_KEY: 'd',
      DEEPGRAM_BASE_URL: 'wss://example.com',
      OPENAI_API_KEY: 'o',
      OPENAI_BASE_URL: 'https://example.com/v1',
      SLUICE_FLUX_MODEL: 'f',
      SLUICE_LLM_MODEL: 'l',
      SLUICE_VOICE: 'v',
      SLUICE_EOT: '0.9',
      SLUICE_EAGER_EOT: '0.5',
      SLUICE_EOT_TIMEOUT: '700',
    };
    expect(runSettings('calls/a.wav', {}, environment)).toStrictEqual({
      ...defaults,
      deepgram: { apiKey: 'd', baseUrl: 'wss://example.com' },
      model: { apiKey: 'o', baseUrl: 'https://example.com/v1' },
      flux: { model: 'f', eotThreshold: 0.9, eagerEotThreshold: 0.5, eotTimeoutMs: 700 },
      llm: { model: 'l' },
      aura: { voice: 'v' },
      agent: { draftTimeoutMs: 1700 },
    });
    const flags = {
      fluxModel: 'F',
      llmModel: 'L',
      voice: 'V',
      eot: 0.6,
      eagerEot: 0.3,
      eotTimeout: 900,
      deepgramUrl: 'ws://a',
      openaiUrl: 'http://b',
    };
    expect(runSettings('calls/a.wav', flags, environment)).toMatchObject({
      deepgram: { apiKey: 'd', baseUrl: 'ws://a' },
      model: { apiKey: 'o', baseUrl: 'http://b' },
      flux: { model: 'F', eotThreshold: 0.6, eagerEotThreshold: 0.3, eotTimeoutMs: 900 },
      llm: { model: 'L' },
      aura: { voice: 'V' },
    });
  });

  it('chooses Deepgram and the model separately', () => {
    const { deepgram, model } = runSettings('a.wav', {}, { OPENAI_API_KEY: 'o' });
    expect({ deepgram, model }).toStrictEqual({ deepgram: undefined, model: { apiKey: 'o' } });
  });

  it.each([
    [{ SLUICE_EOT: 'high' }, 'The variable SLUICE_EOT is invalid. It must be a number from 0.5 to 1.'],
    [{ SLUICE_EAGER_EOT: '0.2' }, 'The variable SLUICE_EAGER_EOT is invalid. It must be a number from 0.3 to 0.9.'],
    [{ SLUICE_EOT_TIMEOUT: '1.5' }, 'The variable SLUICE_EOT_TIMEOUT is invalid. It must be a whole number from 500 to 60000.'],
    [
      { OPENAI_BASE_URL: 'ws://user:secret@host' },
      'The variable OPENAI_BASE_URL is invalid. It must be an address that begins with https:// or http://.',
    ],
  ])('refuses an invalid variable, and does not repeat its value: %o', (environment, message) => {
    expect(refused('a.wav', {}, environment)).toStrictEqual({ exitCode: 2, message });
  });

  it('refuses an invalid address, and does not repeat it', () => {
    expect(refused('a.wav', { deepgramUrl: 'ftp://user:secret@host' }, {})).toStrictEqual({
      exitCode: 2,
      message:
        'The flag --deepgram-url is invalid. It must be an address that begins with wss:// or ws:// or https:// or http://.',
    });
  });

  it('refuses an eager threshold above the end-of-turn threshold', () => {
    expect(refused('a.wav', { eagerEot: 0.8 }, {}).message).toBe('--eager-eot (0.8) must not be above --eot (0.7, its default).');
    expect(refused('a.wav', { eagerEot: 0.8, eot: 0.75 }, {}).message).toBe('--eager-eot (0.8) must not be above --eot (0.75).');
  });

  it('refuses to overwrite the recording', () => {
    expect(refused('out/../a.wav', { output: './a.wav' }, {})).toStrictEqual({
      exitCode: 2,
      message: '-o ./a.wav is the input file: name another file.',
    });
  });
});

describe('withoutSecrets', () => {
  it.each([
    ['wss://user:secret@example.com/path?token=secret#x', 'wss://example.com/path'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['//user:secret@host/a?b=secret', '//host/a'],
  ])('keeps of %s what may be shown', (url, shown) => {
    expect(withoutSecrets(url)).toBe(shown);
  });
});
