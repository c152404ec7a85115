import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What a room is for, and what it may import besides itself. A file belongs to the room with the longest matching path. */
interface Room {
  readonly room: string;
  readonly may: readonly string[];
  /** The packages it may import. Without a list, any dependency and Node itself. */
  readonly packages?: readonly string[];
}

const vocabulary = 'operators/events.ts';
const errors = 'src/errors.ts';
const library = ['operators/', errors];
const adapters = ['src/wire/', 'src/flux/', 'src/llm/', 'src/tts/', 'src/audio/'];
/** The state machine of turns and Flux's message types: the local backend makes the same turns that the recordings are judged by. */
const turnMachine = ['src/flux/turnMachine.ts', 'src/flux/messages.ts'];
const simulation = [...library, ...adapters, 'src/agent/', 'src/tools/', 'src/emulator/scenario/', 'src/emulator/faults/'];

const rooms: readonly Room[] = [
  // The layers of operators/: each may import those before it.
  { room: vocabulary, may: [], packages: ['rxjs'] },
  { room: 'operators/core/', may: [vocabulary], packages: ['rxjs'] },
  { room: 'operators/audio/', may: [vocabulary, 'operators/core/'], packages: ['rxjs'] },
  { room: 'operators/speech/', may: [vocabulary, 'operators/core/', 'operators/audio/'], packages: ['rxjs'] },
  {
    room: 'operators/turns/',
    may: [vocabulary, 'operators/core/', 'operators/audio/', 'operators/speech/'],
    packages: ['rxjs'],
  },
  {
    room: 'operators/call/',
    may: [vocabulary, 'operators/core/', 'operators/audio/', 'operators/speech/', 'operators/turns/'],
    packages: ['rxjs'],
  },
  { room: 'operators/index.ts', may: ['operators/'], packages: [] },
  { room: errors, may: [vocabulary, 'operators/core/toFailure.ts'], packages: [] },
  { room: 'src/agent/', may: library, packages: ['rxjs'] },
  { room: 'src/wire/', may: library },
  { room: 'src/flux/', may: [...library, 'src/wire/'] },
  { room: 'src/llm/', may: [...library, 'src/wire/'] },
  { room: 'src/tts/', may: [...library, 'src/wire/'] },
  { room: 'src/audio/', may: [...library, 'src/wire/'] },
  { room: 'src/emulator/', may: [...library, 'src/flux/messages.ts', 'src/wire/wire.ts', 'src/audio/'] },
  { room: 'src/local/', may: [...library, 'src/audio/', 'src/emulator/backend.ts', ...turnMachine] },
  { room: 'src/testing/', may: simulation },
  { room: 'src/record/', may: [...simulation, 'src/testing/'] },
  { room: 'src/timeline/', may: [...library, 'src/audio/', 'src/record/'] },
  {
    room: 'src/timeline/page/',
    may: ['operators/', 'src/timeline/picture.ts', 'src/timeline/loudness.ts', 'src/record/inWords.ts'],
    packages: ['d3-scale', 'd3-shape', 'string-width'],
  },
  { room: 'src/index.ts', may: [...library, ...adapters, 'src/agent/'] },
  { room: 'src/cli.ts', may: ['src/cli/'] },
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
const isTestOf = (one: string, other: string) =>
  one.replace('.test.ts', '.ts') === other || other.replace('.test.ts', '.ts') === one;
const target = ({ from, what }: Import) =>
  relative(root, resolve(root, dirname(from), what))
    .split(sep)
    .join('/');

const source = [...files('operators'), ...files('src')];
const roomOf = (file: string) =>
  rooms.filter(({ room }) => file.startsWith(room)).reduce<Room | undefined>((best, room) => longer(best, room), undefined);
const longer = (one: Room | undefined, other: Room) => (one && one.room.length >= other.room.length ? one : other);

describe('the rooms', () => {
  it('hold every file', () => {
    const homeless = source.filter((file) => roomOf(file) === undefined);

    expect(
      homeless,
      'A file outside every room: move it into one, or add a room to this table and to docs/architecture.md.',
    ).toEqual([]);
  });

  it.each(rooms)('let $room import only what it may', ({ room, may, packages }) => {
    const allowed = [room, ...may];
    const wrong = all
      .filter(({ from }) => roomOf(from)?.room === room)
      .filter((one) =>
        one.what.startsWith('.')
          ? !allowed.some((path) => target(one).startsWith(path))
          : packages !== undefined && !packages.some((name) => one.what === name || one.what.startsWith(`${name}/`)),
      )
      .map((one) => `${one.from} imports ${one.what.startsWith('.') ? target(one) : one.what}`);
    const packagesText = packages === undefined ? '' : ` and of packages only: ${packages.join(', ') || 'none'}`;

    expect(
      wrong,
      `${room} may import itself, ${may.join(', ') || 'nothing else'}${packagesText}. ` +
        'Move the code to a room that may import it, or hand the value in as an argument.',
    ).toEqual([]);
  });

  it('have no two files that import each other, types included', () => {
    const imports = new Set(all.filter(({ what }) => what.startsWith('.')).map((one) => `${one.from} ${target(one)}`));
    const pairs = [...imports].filter((pair) => {
      const [from, to] = pair.split(' ') as [string, string];
      return from < to && imports.has(`${to} ${from}`);
    });

    expect(pairs, 'Two files import each other: move the shared type to the file that makes its values.').toEqual([]);
  });

  it('have no circle of imports', () => {
    const arrows = all.filter(({ what }) => what.startsWith('.')).map((one) => ({ from: one.from, to: target(one) }));
    // A file that imports nothing, or that nothing imports, lies on no circle: take such files away until none is left to take.
    let left = source;
    for (let before = -1; before !== left.length;) {
      before = left.length;
      const still = new Set(left);
      const inside = arrows.filter(({ from, to }) => still.has(from) && still.has(to));
      left = left.filter((file) => inside.some(({ from }) => from === file) && inside.some(({ to }) => to === file));
    }

    expect(left, 'These files lie on a circle of imports: move what two of them share into a third.').toEqual([]);
  });

  it('give every base name to one file', () => {
    const names = [...source, ...files('bench'), ...files('fixtures')]
      .filter((file) => !/(^|\/)index\.ts$/u.test(file))
      .map((file) => ({ file, name: file.replace(/.*\//u, '').replace(/(\.worker)?(\.test)?\.ts$/u, '') }));
    const repeated = names.filter(({ file, name }) =>
      names.some((other) => other.name === name && other.file !== file && !isTestOf(file, other.file)),
    );

    expect(repeated, 'One base name stands for two things: name the file after the one thing that it exports.').toEqual([]);
  });

  it('load SDKs and engines on first use only', () => {
    const heavy = /^(@deepgram\/sdk|openai|sherpa-onnx-node|@moonshine-ai\/|llama-tokenizer-js|@jjhbw\/|@echogarden\/)/u;
    const eager = all
      .filter(({ what, typeOnly, lazy }) => heavy.test(what) && !typeOnly && !lazy)
      .map(({ from, what }) => `${from} imports ${what}`);

    expect(eager).toEqual([]);
  });

  it('import only packages that the library depends on, or that are loaded lazily', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'peerDependencies',
      Record<string, string>
    >;
    const name = (what: string) =>
      what
        .split('/')
        .slice(0, what.startsWith('@') ? 2 : 1)
        .join('/');
    const missing = all
      .filter(({ what, typeOnly, lazy }) => !what.startsWith('.') && !what.startsWith('node:') && !typeOnly && !lazy)
      .filter(({ what }) => !(name(what) in { ...dependencies, ...peerDependencies }) && !builtinModules.includes(what))
      // what a page imports is built into it
      .filter(({ from }) => !from.startsWith('src/timeline/page/'))
      .map(({ from, what }) => `${from} imports ${what}`);

    expect(missing).toEqual([]);
  });
});
