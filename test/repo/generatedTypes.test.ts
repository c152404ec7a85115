import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generated, typesOf } from '../../fixtures/make-types.ts';

it.each(generated)(
  '$types has the types of $schema: npm run types:schemas',
  async (one) => {
    expect(readFileSync(one.types, 'utf8')).toBe(await typesOf(one));
  },
  30_000,
);
