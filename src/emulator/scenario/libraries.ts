import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Libraries that are loaded on first use, and synchronously: loading them takes longer than anything else here, and most who
 * import this room need neither. A bundler for browsers takes `libraries.browser.ts` instead (`browser` in package.json).
 */
export const libraries = {
  ajv: () => require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js'),
  wavefile: () => require('wavefile') as typeof import('wavefile'),
};
