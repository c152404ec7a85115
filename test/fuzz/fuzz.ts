import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';

/**
 * How hard is tried: `FUZZ_RUNS=100000` for more than the few seconds that every `npm test` spends, each time with other chance;
 * `FUZZ_SEED=…` for that of a failure, which says its seed.
 */
export function trying(runs: number): { readonly numRuns: number; readonly seed: number } {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  const chance = FUZZ_RUNS === undefined ? 1 : Date.now() % 2 ** 31;
  return { numRuns: Number(FUZZ_RUNS ?? runs), seed: Number(FUZZ_SEED ?? chance) };
}

/** The cases of a parser that are kept, by name (`corpus/README.md`). */
export function corpus(parser: string): Readonly<Record<string, Buffer>> {
  const folder = join(import.meta.dirname, 'corpus', parser);
  return Object.fromEntries(readdirSync(folder).map((file) => [parse(file).name, readFileSync(join(folder, file))]));
}

/** What is too large to be kept. */
export const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** Every beginning of a text, from nothing to all but the last byte, as a decoder would show it. */
export function beginnings(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return Array.from(bytes, (_, length) => bytes.subarray(0, length).toString());
}

/** Texts of any kind: of JSON, of what looks like it, of any characters. */
export const garbage: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('{}[]":,.-+eE0123456789\\u \n\r\t'), '\0', '\ufeff', '\ud800', 'é', '🙂'),
    maxLength: 60,
  }),
  fc.json({ maxDepth: 4, noUnicodeString: false }),
  fc.constantFrom('', ' ', 'null', 'true', '0', '""', '[]', '{}', nested(20_000), '{"type":'.repeat(5000)),
);

interface Change {
  readonly how: 'cut' | 'flip' | 'insert' | 'repeat' | 'swap' | 'remove';
  /** Places, as shares of the whole. */
  readonly at: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('cut', 'flip', 'insert', 'repeat', 'swap', 'remove'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
});

/** One of these with some of its bytes cut, flipped, added, repeated, swapped or taken out. */
export function damaged(whole: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...whole), changes).map(([bytes, all]) => all.reduce(changed, Buffer.from(bytes)));
}

/** The same for texts. */
export function damagedText(texts: readonly string[]): fc.Arbitrary<string> {
  return damaged(texts.map((text) => Buffer.from(text))).map((bytes) => bytes.toString());
}

function changed(whole: Buffer, { how, at, to, bytes }: Change): Buffer {
  const [from, until] = [Math.min(at, to), Math.max(at, to)].map((share) => Math.floor(share * whole.length)) as [number, number];
  const [before, between, after] = [whole.subarray(0, from), whole.subarray(from, until), whole.subarray(until)];
  switch (how) {
    case 'cut':
      return before;
    case 'flip':
      return Buffer.from(whole.map((byte, index) => (index === from ? byte ^ (bytes[0] ?? 1) : byte)));
    case 'insert':
      return Buffer.concat([before, bytes, between, after]);
    case 'repeat':
      return Buffer.concat([before, between, between, after]);
    case 'swap':
      return Buffer.concat([after, between, before]);
    case 'remove':
      return Buffer.concat([before, after]);
  }
}

/** What no field expects, as it would be written. */
const oddities: readonly string[] = [
  ...['null', 'true', 'false', '-1', '1.5', '1e308', '-1e308', '1e999', '-1e999', '9007199254740993', '""', '" "', '"x"'],
  ...['"\\ud800"', '"\\u0000"', '[]', '{}', '[null]', '[[[]]]', '[1,"a",{}]', '{"__proto__":null}', '{"toString":1,"valueOf":1}'],
  ...['{"length":1e9}', '{"constructor":{"prototype":1}}', nested(20_000)],
];

type Path = readonly (string | number)[];
const marker = '\u0001';

/** One of these messages with a field that is of a wrong kind, is missing, stands twice, or has the place of another. */
export function misshapen(messages: readonly object[]): fc.Arbitrary<string> {
  return fc.constantFrom(...messages).chain((message) => {
    const places = fc.constantFrom(...pathsOf(message));
    const how = fc.constantFrom('odd', 'missing', 'twice', 'swapped', 'renamed');
    return fc.tuple(places, places, how, fc.constantFrom(...oddities)).map(([one, other, ways, oddity]) => {
      const value = JSON.stringify(valueAt(message, one));
      switch (ways) {
        case 'odd':
          return withRaw(message, one, oddity);
        case 'missing':
          return JSON.stringify(replaced(message, one, undefined));
        case 'twice':
          return withRaw(message, one, `${value},${JSON.stringify(String(one.at(-1)))}:${oddity}`);
        case 'swapped':
          return JSON.stringify(replaced(replaced(message, one, valueAt(message, other)), other, valueAt(message, one)));
        case 'renamed':
          return withRaw(message, one, `${value},"__proto__":${value},"constructor":${oddity}`);
      }
    });
  });
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    pathsOf(field, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value);
}

function replaced(value: unknown, [part, ...rest]: Path, by: unknown): unknown {
  if (part === undefined) return by;
  if (typeof value !== 'object' || value === null) return value;
  const inner = replaced((value as Record<string | number, unknown>)[part], rest, by);
  return Array.isArray(value) ? value.with(Number(part), inner) : { ...value, [part]: inner };
}

function withRaw(message: object, path: Path, raw: string): string {
  return JSON.stringify(replaced(message, path, marker)).replace(JSON.stringify(marker), () => raw);
}

/** Where a value holds what is no plain value: `NaN`, an infinity, `undefined`. */
export function leaks(value: unknown, place = ''): readonly string[] {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value instanceof Uint8Array) return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${place} is ${value}`];
  if (typeof value !== 'object') return [`${place} is ${typeof value}`];
  return Object.entries(value).flatMap(([name, field]) => leaks(field, `${place}.${name}`));
}
