import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

let packed: ReadonlySet<string>;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
  const [tarball] = JSON.parse(stdout) as [Packed];
  packed = new Set(tarball.files.map(({ path }) => path));
});

/** The local files that a Markdown file links to, as paths in the package. */
function linksOf(page: string): string[] {
  const text = readFileSync(resolve(root, page), 'utf8').replace(/^```.*?^```/gmsu, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/gu)].map(
    ([, link, attribute]) => link ?? attribute!,
  );
  return targets
    .filter((target) => !/^([a-z]+:|#)/u.test(target))
    .map((target) => posix.join(posix.dirname(page), target.replace(/#.*$/u, '')));
}

describe('the tarball', () => {
  it('has what users read and run, and nothing else', () => {
    const folders = new Set([...packed].map((path) => path.split('/')[0]!));

    expect([...packed]).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'bin/sluice.js', 'docs/testing.md']),
    );
    expect([...packed].filter((path) => path.endsWith('.map') || /^test\/.*\.ts$/u.test(path))).toEqual([]);
    for (const none of ['bench', 'scripts', 'node_modules', '.cache']) expect(folders).not.toContain(none);
  });

  it('has every file that its pages link to', () => {
    const pages = [
      'README.md',
      ...readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`),
    ];
    const dead = pages
      // The tables point at tests: they are for those who have a clone.
      .filter((page) => page.endsWith('.md') && !page.startsWith('docs/tables/'))
      .flatMap((page) => linksOf(page).map((target) => ({ page, target })))
      .filter(
        ({ target }) => !packed.has(target) && ![...packed].some((path) => path.startsWith(`${target.replace(/\/$/u, '')}/`)),
      );

    expect(dead).toEqual([]);
  });

  it('has the file of every entry, once it is built', () => {
    const { exports, bin } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>;
      bin: Record<string, string>;
    };
    const targets = [...Object.values(exports), bin].flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    const sources = targets.map((target) => target.replace(/^\.\//u, '').replace(/^dist\/(.*?)(\.d\.ts|\.js)$/u, '$1.ts'));

    expect(sources.filter((source) => !packed.has(source))).toEqual([]);
  });
});
