import { evaluate, parse, type ValueNode } from '@humanwhocodes/momoa';
import { ScenarioError } from '../../errors.ts';

/** The way to a value inside JSON: keys and indices. */
export type Path = readonly (string | number)[];

export interface Located {
  readonly value: unknown;
  /** The line of a value, from 1; of the nearest value around it when there is none. */
  readonly lineOf: (path: Path) => number;
}

/** So many lists and objects in one another are meant by nobody, and are still read by everyone. */
const mostLevels = 100;

/**
 * Reads JSON and remembers where each value stands. Throws a `ScenarioError` naming the line of a syntax error, or of where it
 * goes deeper than 100 levels. A byte order mark is passed over; of a field that stands twice the last one counts.
 * `linesBefore`: how many lines of the file come before this text.
 */
export function readJson(text: string, name: string, linesBefore = 0): Located {
  const json = withoutMark(text);
  let tree: ValueNode | undefined;
  /** Made only for who asks for a line: it takes many times as long as the values alone. */
  const root = () => (tree ??= syntaxTree(json, name, linesBefore));
  const lineOf = (path: Path): number => {
    let node = root();
    let line = node.loc.start.line;
    for (const part of path) {
      const next = child(node, part);
      if (!next) break;
      node = next.value;
      line = next.line;
    }
    return line + linesBefore;
  };
  checkDepth(json, name, linesBefore);
  try {
    return { value: JSON.parse(json) as unknown, lineOf };
  } catch {
    return { value: evaluate(root()), lineOf };
  }
}

/** A text without the byte order mark that some editors begin it with. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

function checkDepth(text: string, name: string, linesBefore: number): void {
  const deep = tooDeep(text);
  if (deep === undefined) return;
  const line = text.slice(0, deep).split('\n').length + linesBefore;
  throw new ScenarioError('invalid', `${name}:${line}: nested too deeply: more than ${mostLevels} levels`);
}

function syntaxTree(text: string, name: string, linesBefore: number): ValueNode {
  try {
    return parse(text, { mode: 'json' }).body;
  } catch (cause) {
    const { line = 1, message } = cause as { line?: number; message: string };
    const what = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
    // The parser does not say where the end is.
    const at = what.startsWith('Unexpected end') ? text.trimEnd().split('\n').length : line;
    throw new ScenarioError('invalid', `${name}:${at + linesBefore}: not JSON: ${what}`, { cause });
  }
}

/** Where it goes too deep. The parser calls itself level by level, and would run out of stack. */
function tooDeep(text: string): number | undefined {
  let level = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') level++;
    else if (token === ']' || token === '}') level--;
    if (level > mostLevels) return index;
  }
  return undefined;
}

function child(node: ValueNode, part: string | number): { readonly value: ValueNode; readonly line: number } | undefined {
  if (node.type === 'Array' && typeof part === 'number') {
    const element = node.elements[part];
    return element && { value: element.value, line: element.loc.start.line };
  }
  if (node.type === 'Object') {
    const member = node.members.findLast(({ name }) => (name.type === 'String' ? name.value : name.name) === String(part));
    return member && { value: member.value, line: member.loc.start.line };
  }
  return undefined;
}
