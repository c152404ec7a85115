import { evaluate, parse, type ValueNode } from '@humanwhocodes/momoa';
import { ScenarioError } from '../../errors.ts';

/** The path to a value inside JSON: keys and indices. */
export type Path = readonly (string | number)[];

export interface Located {
  readonly value: unknown;
  /** The line of a value, counted from 1. Without a value at this path: the line of the nearest value around it. */
  readonly lineOf: (path: Path) => number;
}

/** The deepest nesting that is read. */
const mostLevels = 100;

/**
 * Reads JSON, and finds the line of each value. Throws a `ScenarioError` that names the line of a syntax error, or of a nesting
 * deeper than 100 levels. Ignores a byte order mark. Of repeated fields the last one counts. `linesBefore` is the number of lines
 * of the file before this text.
 */
export function readJson(text: string, name: string, linesBefore = 0): Located {
  const json = withoutMark(text);
  let tree: ValueNode | undefined;
  /** Built only when a line is asked for: it takes many times as long as the values alone. */
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

/** The text without the byte order mark that some editors write. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

function syntaxTree(text: string, name: string, linesBefore: number): ValueNode {
  try {
    return parse(text, { mode: 'json' }).body;
  } catch (cause) {
    const { line = 1, message } = cause as { line?: number; message: string };
    const what = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
    // The parser does not report the line of the end.
    const at = what.startsWith('Unexpected end') ? text.trimEnd().split('\n').length : line;
    throw new ScenarioError('invalid', `${name}:${at + linesBefore}: not JSON: ${what}`, { cause });
  }
}

/** Refuses deep nesting: the parser is recursive and would run out of stack. */
function checkDepth(text: string, name: string, linesBefore: number): void {
  let level = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') level++;
    else if (token === ']' || token === '}') level--;
    if (level <= mostLevels) continue;
    const line = text.slice(0, index).split('\n').length + linesBefore;
    throw new ScenarioError('invalid', `${name}:${line}: nested too deeply: more than ${mostLevels} levels`);
  }
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
