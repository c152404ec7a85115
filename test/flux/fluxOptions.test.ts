import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/errors.ts';
import { checkOptions } from '../../src/flux/fluxOptions.ts';

describe('the options of flux', () => {
  const right = [
    {},
    { eotThreshold: 0.5, eagerEotThreshold: 0.3, eotTimeoutMs: 500 },
    { eotThreshold: 1, eagerEotThreshold: 0.9, eotTimeoutMs: 60_000 },
    { eotThreshold: 0.8, eagerEotThreshold: 0.8 },
    { eagerEotThreshold: 0.7 },
    { model: 'flux-general-multi', languageHints: ['es'] },
    { languageHints: [] },
    { keyterms: Array.from({ length: 100 }, () => 'x'.repeat(100)), tags: ['x'.repeat(128)] },
  ];

  it.each(right)('are valid: %j', (options) => {
    expect(() => checkOptions(options)).not.toThrow();
  });

  const wrong = [
    [{ eotThreshold: 0.49 }, 'eotThreshold must be from 0.5 to 1, not 0.49.'],
    [{ eotThreshold: 1.01 }, 'eotThreshold must be from 0.5 to 1, not 1.01.'],
    [{ eotThreshold: NaN }, 'eotThreshold must be from 0.5 to 1, not NaN.'],
    [{ eagerEotThreshold: 0.29 }, 'eagerEotThreshold must be from 0.3 to 0.9, not 0.29.'],
    [{ eotThreshold: 1, eagerEotThreshold: 0.91 }, 'eagerEotThreshold must be from 0.3 to 0.9, not 0.91.'],
    [{ eotThreshold: 0.6, eagerEotThreshold: 0.61 }, 'eagerEotThreshold (0.61) must not be above eotThreshold (0.6).'],
    [{ eagerEotThreshold: 0.71 }, 'eagerEotThreshold (0.71) must not be above eotThreshold (0.7).'],
    [{ eotTimeoutMs: 499 }, 'eotTimeoutMs must be from 500 to 60000, not 499.'],
    [{ eotTimeoutMs: 60_001 }, 'eotTimeoutMs must be from 500 to 60000, not 60001.'],
    [{ catchUp: 0.9 }, 'catchUp must be from 1 to 100, not 0.9.'],
    [{ catchUp: 101 }, 'catchUp must be from 1 to 100, not 101.'],
    [{ keyterms: Array.from({ length: 101 }, () => 'x') }, 'keyterms has 101 terms; Flux takes 100.'],
    [{ keyterms: ['a', ''] }, 'keyterms[1] must have 1 to 100 characters.'],
    [{ keyterms: ['x'.repeat(101)] }, 'keyterms[0] must have 1 to 100 characters.'],
    [{ tags: ['x'.repeat(129)] }, 'tags[0] must have 1 to 128 characters.'],
    [{ languageHints: ['es'] }, 'languageHints needs a multilingual model (flux-general-multi), not flux-general-en.'],
    [{ model: 'flux-general-multi', languageHints: [''] }, 'languageHints[0] must have 1 to 100 characters.'],
  ] as const;

  it.each(wrong)('are invalid: %j', (options, what) => {
    expect(() => checkOptions(options)).toThrow(new SluiceError('invalid', `The Flux option ${what}`));
  });
});
