import { readFileSync } from 'node:fs';
import type { Kind } from './faultsOf.ts';
import type { Outcome } from './playFault.ts';
import type { Phase } from './phases.ts';

/** A cell as it is written: what goes as in a call without faults is left out, and so are failures where there are none. */
export type Cell = '—' | (Pick<Outcome, 'ends' | 'message'> & Partial<Pick<Outcome, 'failures' | 'history'>>);

interface Expected {
  readonly about: string;
  /** What is said in a call of this phase when nothing goes wrong; with something that is cut off. */
  readonly calls: Readonly<Record<Phase, readonly string[]>>;
  readonly cut: Readonly<Partial<Record<Phase, readonly string[]>>>;
  readonly cells: Readonly<Record<string, Readonly<Record<Phase, Cell>>>>;
}

export const expected = JSON.parse(readFileSync(new URL('expectedOutcomes.json', import.meta.url), 'utf8')) as Expected;

const cellOf = ({ name }: Kind, phase: Phase): Cell | undefined => expected.cells[name]?.[phase];

/** What a cell says, in full. */
export function outcomeOf(kind: Kind, phase: Phase): Outcome | '—' {
  const cell = cellOf(kind, phase);
  if (cell === undefined) throw new Error(`expected.json says nothing of ${kind.name}, ${phase}.`);
  if (cell === '—') return cell;
  return { failures: [], history: usualIn(kind, phase), ...cell };
}

/** What is said in such a call when nothing goes wrong. */
export const usualIn = ({ cuts }: Kind, phase: Phase): readonly string[] =>
  (cuts && expected.cut[phase]) ?? expected.calls[phase];
