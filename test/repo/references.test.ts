import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const rooms = ['operators', 'src', 'test', 'bench', 'fixtures', 'examples', 'docs'];
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const isFile = (path: string) => existsSync(join(root, path)) && statSync(join(root, path)).isFile();

/** The text files of the repository, those that only hold test data aside. */
const files = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...rooms.flatMap((room) => readdirSync(join(root, room), { recursive: true }).map((path) => `${room}/${String(path)}`)),
].filter((path) => /\.(?:md|ts|js|mjs|html|css)$/u.test(path) && isFile(path) && path !== 'test/repo/references.test.ts');

/** A Markdown text without its code blocks. */
const prose = (markdown: string) => markdown.replace(/^```.*?^```/gmsu, '');

/** The anchors that GitHub gives to the headings of a page. */
function anchors(path: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of prose(read(path)).matchAll(/^#{1,6} +(.*)$/gmu)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/gu, '$1').replace(/[`*]/gu, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/gu, '-');
    let anchor = slug;
    for (let n = 1; found.has(anchor); n++) anchor = `${slug}-${n}`;
    found.add(anchor);
  }
  return found;
}

/** The sections of a page: the numbers of its headings, and of the numbered items under them (`A8.2`). */
function sections(path: string): ReadonlySet<string> {
  const found = new Set<string>();
  let section = '';
  for (const line of read(path).split('\n')) {
    section = /^#+ (?:§ ?)?([AB]?\d+(?:\.\d+)*)/u.exec(line)?.[1] ?? section;
    const item = /^(\d+)\. /u.exec(line)?.[1];
    if (section !== '') found.add(item === undefined ? section : `${section}.${item}`);
  }
  return found;
}

/** The comments of a source file, or a whole page, each as one line. */
function texts(path: string): readonly string[] {
  const text = read(path);
  if (extname(path) === '.md') return prose(text).split(/\n\n/u);
  const comments = text.match(/\/\*\*?\s.*?\*\/|(?:^|\s)\/\/ .*(?:\n\s*\/\/ .*)*/gsu) ?? [];
  return comments.map((comment) => comment.replace(/\n\s*(?:\*(?!\/)|\/\/)?\s*/gu, ' '));
}

/** The file that a path in a text means: from the root, or from the folder of the text. */
const resolved = (path: string, from: string) => [path, join(dirname(from), path)].find(isFile);

describe('the references', () => {
  it('of a Markdown link lead to a file and a heading that exist', () => {
    const broken = files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...prose(read(path)).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/gu)].flatMap(([, link, source]) => {
          const target = link ?? source ?? '';
          const [name = '', anchor] = target.split('#');
          if (/^\w+:/u.test(target)) return [];
          const file = name === '' ? path : join(dirname(path), name);
          const leads = existsSync(join(root, file)) && (anchor === undefined || (isFile(file) && anchors(file).has(anchor)));
          return leads ? [] : [`${path}: ${target}`];
        }),
      );

    expect(broken).toEqual([]);
  });

  it('to a page lead to a page and a section that exist', () => {
    const section = '(?:§ ?\\d+(?:\\.\\d+)*|\\b[AB]\\d+(?:\\.\\d+)?)';
    const reference = new RegExp(`([\\w./-]*\\w\\.md)((?:(?:,? (?:and |to )?|[–-])${section})*)`, 'gu');
    const broken = files.flatMap((path) =>
      texts(path).flatMap((text) =>
        [...text.matchAll(reference)].flatMap(([, name = '', list = '']) => {
          const page = resolved(name, path);
          if (page === undefined) return [`${path}: ${name}${list}`];
          const known = sections(page);
          const named = [...list.matchAll(new RegExp(section, 'gu'))].map(([one]) => one);
          return named.filter((one) => !known.has(one.replace(/§ ?/u, ''))).map((one) => `${path}: ${name} ${one}`);
        }),
      ),
    );

    expect(broken).toEqual([]);
  });

  it('to a file of the repository lead to one that exists', () => {
    const broken = files.flatMap((path) =>
      texts(path).flatMap((text) =>
        [
          ...text.matchAll(
            /(?<![\w./-])(?:operators|src|test|bench|fixtures|examples)\/[\w./-]*\.(?:ts|json|jsonl|js|wav|svg|html)\b/gu,
          ),
        ]
          .filter(([name]) => resolved(name, path) === undefined)
          .map(([name]) => `${path}: ${name}`),
      ),
    );

    expect(broken).toEqual([]);
  });
});
