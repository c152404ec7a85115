import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Which room may import which: the table of docs and design. A room is named by the start of its files' paths. */
const rooms: readonly { readonly room: string; readonly may: readonly string[]; readonly packages?: readonly string[] }[] = [
  { room: 'operators/', may: ['operators/'], packages: ['rxjs'] },
  {
    room: 'src/pipeline.ts',
    may: ['operators/', 'src/errors.ts', 'src/options.ts', 'src/reply.ts', 'src/voicesOf.ts', 'src/controls.ts'],
    packages: ['rxjs'],
  },
  { room: 'src/controls.ts', may: ['operators/', 'src/options.ts'], packages: ['rxjs'] },
  { room: 'src/reply.ts', may: ['operators/', 'src/errors.ts', 'src/options.ts', 'src/account.ts'], packages: ['rxjs'] },
  { room: 'src/voicesOf.ts', may: ['operators/', 'src/errors.ts', 'src/options.ts'], packages: ['rxjs'] },
  { room: 'src/options.ts', may: ['operators/', 'src/errors.ts'], packages: ['rxjs'] },
  { room: 'src/account.ts', may: ['operators/', 'src/errors.ts'], packages: ['rxjs'] },
  { room: 'src/errors.ts', may: ['operators/'], packages: [] },
  { room: 'src/wire/', may: ['src/wire/', 'operators/', 'src/errors.ts'] },
  { room: 'src/flux/', may: ['src/flux/', 'operators/', 'src/errors.ts', 'src/wire/'] },
  { room: 'src/llm/', may: ['src/llm/', 'operators/', 'src/errors.ts', 'src/wire/'] },
  { room: 'src/tts/', may: ['src/tts/', 'operators/', 'src/errors.ts', 'src/wire/'] },
  { room: 'src/audio/', may: ['src/audio/', 'operators/', 'src/errors.ts', 'src/wire/'] },
  {
    room: 'src/emulator/',
    may: ['src/emulator/', 'operators/', 'src/errors.ts', 'src/flux/messages.ts', 'src/wire/wire.ts', 'src/audio/'],
  },
  { room: 'src/local/', may: ['src/local/', 'operators/', 'src/errors.ts', 'src/audio/', 'src/emulator/mind.ts'] },
  {
    room: 'src/testing/',
    may: [
      'src/testing/',
      'operators/',
      'src/errors.ts',
      'src/pipeline.ts',
      'src/options.ts',
      'src/wire/',
      'src/flux/',
      'src/tts/',
      'src/llm/',
      'src/audio/',
      'src/emulator/',
    ],
  },
  {
    room: 'src/record/',
    may: [
      'src/record/',
      'operators/',
      'src/errors.ts',
      'src/pipeline.ts',
      'src/options.ts',
      'src/wire/',
      'src/flux/',
      'src/tts/',
      'src/llm/',
      'src/audio/',
      'src/emulator/',
      'src/testing/',
    ],
  },
  {
    room: 'src/record/timeline/page/',
    may: ['src/record/timeline/', 'src/record/inWords.ts', 'operators/'],
    packages: ['d3-scale', 'd3-selection', 'd3-shape'],
  },
  {
    room: 'src/index.ts',
    may: [
      'operators/',
      'src/errors.ts',
      'src/options.ts',
      'src/pipeline.ts',
      'src/wire/',
      'src/flux/',
      'src/llm/',
      'src/tts/',
      'src/audio/',
    ],
  },
  { room: 'src/cli.ts', may: ['src/', 'operators/'] },
  { room: 'src/cli/', may: ['src/', 'operators/'] },
];

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.split(sep).join('/')}`);

interface Import {
  readonly from: string;
  readonly what: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

/** Every import of a file, also of types, also by `import()`. */
function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext, true);
  const found: Import[] = [];
  const add = (literal: ts.Node | undefined, typeOnly: boolean, lazy: boolean) => {
    if (literal && ts.isStringLiteral(literal)) found.push({ from: file, what: literal.text, typeOnly, lazy });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword, false);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly, false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true, false);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const all = [...files('operators'), ...files('src')].flatMap(importsOf);
const target = ({ from, what }: Import) =>
  relative(root, resolve(root, dirname(from), what))
    .split(sep)
    .join('/');

describe('the rooms', () => {
  it('have every file in one of them', () => {
    const homeless = [...files('operators'), ...files('src')].filter((file) => !rooms.some(({ room }) => file.startsWith(room)));

    expect(homeless).toEqual([]);
  });

  it.each(rooms)('let $room import only what it may', ({ room, may, packages }) => {
    const wrong = all
      .filter(({ from }) => from.startsWith(room))
      .filter((one) =>
        one.what.startsWith('.')
          ? !may.some((path) => target(one).startsWith(path))
          : packages !== undefined && !packages.some((name) => one.what === name || one.what.startsWith(`${name}/`)),
      )
      .map(({ from, what }) => `${from} imports ${what}`);

    expect(wrong).toEqual([]);
  });

  it('load SDKs and engines on first use only', () => {
    const heavy = /^(@deepgram\/sdk|openai|sherpa-onnx-node|@moonshine-ai\/|llama-tokenizer-js|@jjhbw\/|@echogarden\/)/u;
    const eager = all
      .filter(({ what, typeOnly, lazy }) => heavy.test(what) && !typeOnly && !lazy)
      .map(({ from, what }) => `${from} imports ${what}`);

    expect(eager).toEqual([]);
  });

  it('import only packages that the library depends on, or that are loaded lazily', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const name = (what: string) =>
      what
        .split('/')
        .slice(0, what.startsWith('@') ? 2 : 1)
        .join('/');
    const missing = all
      .filter(({ what, typeOnly, lazy }) => !what.startsWith('.') && !what.startsWith('node:') && !typeOnly && !lazy)
      .filter(({ what }) => !(name(what) in dependencies) && !builtinModules.includes(what))
      // what a page imports is built into it
      .filter(({ from }) => !from.startsWith('src/record/timeline/page/'))
      .map(({ from, what }) => `${from} imports ${what}`);

    expect(missing).toEqual([]);
  });
});
