import { evaluate, parse, type ValueNode } from '@humanwhocodes/momoa';
import { ScenarioError } from '../errors.ts';

/** The way to a value inside JSON: keys and indices. */
export type Path = readonly (string | number)[];

export interface Located {
  readonly value: unknown;
  /** The line of a value, from 1; of the nearest value around it when there is none. */
  readonly lineOf: (path: Path) => number;
}

/**
 * Reads JSON and remembers where each value stands. Throws a `ScenarioError` naming the line of a syntax error.
 * `linesBefore`: how many lines of the file come before this text.
 */
export function readJson(text: string, name: string, linesBefore = 0): Located {
  const root = syntaxTree(text, name, linesBefore);
  const lineOf = (path: Path): number => {
    let node = root;
    let line = node.loc.start.line;
    for (const part of path) {
      const next = child(node, part);
      if (!next) break;
      node = next.value;
      line = next.line;
    }
    return line + linesBefore;
  };
  return { value: evaluate(root), lineOf };
}

function syntaxTree(text: string, name: string, linesBefore: number): ValueNode {
  try {
    return parse(text, { mode: 'json' }).body;
  } catch (cause) {
    const { line, message } = cause as { line?: number; message: string };
    const what = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
    throw new ScenarioError('invalid', `${name}:${(line ?? 1) + linesBefore}: not JSON: ${what}`, { cause });
  }
}

function child(node: ValueNode, part: string | number): { readonly value: ValueNode; readonly line: number } | undefined {
  if (node.type === 'Array' && typeof part === 'number') {
    const element = node.elements[part];
    return element && { value: element.value, line: element.loc.start.line };
  }
  if (node.type === 'Object') {
    const member = node.members.find(({ name }) => (name.type === 'String' ? name.value : name.name) === String(part));
    return member && { value: member.value, line: member.loc.start.line };
  }
  return undefined;
}
