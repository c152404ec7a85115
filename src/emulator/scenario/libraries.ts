import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads libraries on first use, synchronously: loading takes longer than everything else here, and most users of this folder need
 * neither. A bundler for browsers uses `libraries.browser.ts` instead (`browser` in package.json).
 */
export const libraries = {
  ajv: () => require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js'),
  wavefile: () => require('wavefile') as typeof import('wavefile'),
};
