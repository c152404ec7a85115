import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gsu'))].map(([, code]) => code ?? '');
const squeezed = (code: string) => code.replace(/\s+/gu, '').replace(/,(?=[)\]}])/gu, '');

describe('the README', () => {
  it.each(['examples/speculation.ts', 'examples/withoutFillers.ts', 'examples/withoutFillers.test.ts'])(
    'shows code that runs: %s',
    (path) => {
      const shown = blocks('ts').map((code) => squeezed(code.replace(/^\/\/ agent.*$/gmu, '')));

      expect(shown.some((code) => squeezed(read(path)).includes(code) && code.length > 100)).toBe(true);
    },
  );

  const builtIn = new Set(['install', 'pack']);

  it('gives commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = [
      ...blocks('sh')
        .join('\n')
        .matchAll(/npm (?:run )?([a-z:]+)/gu),
    ].map(([, name]) => name ?? '');

    expect(commands.filter((name) => !builtIn.has(name))).not.toEqual([]);
    expect(commands.filter((name) => !builtIn.has(name) && !(name in scripts))).toEqual([]);
  });
});
