import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEnvironment, variables } from '../../src/cli/environment.ts';

const root = resolve(import.meta.dirname, '../..');

describe('.env.example', () => {
  const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n');

  it('lists the variables that the command reads, and no others', () => {
    expect(lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split('=')[0])).toStrictEqual([...variables]);
  });

  it('sets none of them', () => {
    expect(lines.filter((line) => /^\w+=/.test(line) && !line.endsWith('='))).toStrictEqual([]);
  });

  it('describes each variable and its default', () => {
    for (const name of variables) {
      const end = lines.indexOf(`${name}=`);
      const comment = lines.slice(lines.lastIndexOf('', end), end).join(' ');
      expect(comment, name).toMatch(/Default: /);
    }
  });
});

describe('readEnvironment', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-env-'));
    for (const name of variables) vi.stubEnv(name, undefined);
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(root);
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('is empty if no variable is set', () => {
    expect(readEnvironment()).toStrictEqual({});
  });

  it('prefers variables of the process to those of .env', () => {
    writeFileSync('.env', 'SLUICE_VOICE="from the file"\nSLUICE_EOT=0.8\nOTHER=1\n');
    vi.stubEnv('SLUICE_EOT', '0.6');
    vi.stubEnv('OPENAI_API_KEY', 'k');
    expect(readEnvironment()).toStrictEqual({ OPENAI_API_KEY: 'k', SLUICE_VOICE: 'from the file', SLUICE_EOT: '0.6' });
  });

  it('leaves out an empty variable, which also disables its line in .env', () => {
    writeFileSync('.env', 'SLUICE_VOICE=one\nSLUICE_EOT=\n');
    vi.stubEnv('SLUICE_VOICE', '');
    expect(readEnvironment()).toStrictEqual({});
  });
});
