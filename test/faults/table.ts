import { usualIn } from './expectedOutcomes.ts';
import type { Kind } from './faultsOf.ts';
import type { Phase } from './phases.ts';
import type { Outcome } from './playFault.ts';

/** What came of a cell, in a few words: `✓ failed · in part`. */
export function inWords(outcome: Outcome | '—', kind: Kind, phase: Phase): string {
  if (outcome === '—') return outcome;
  const { ends, failures, history } = outcome;
  const codes = [...new Set(failures.map((failure) => failure.split(' ')[1]))].join(', ');
  if (ends !== 'answered') return `${ends}: ${codes}`;
  return ['✓', codes, said(history, usualIn(kind, phase))].filter((word) => word !== '').join(' ');
}

/** What is other than usual about what was said. */
function said(history: readonly string[], usual: readonly string[]): string {
  if (history.some((line) => line.startsWith('agent: I heard you say'))) return '· fallback line';
  const isPart = (line: string, index: number) => line !== usual[index] && usual[index]?.startsWith(line);
  return history.length === usual.length && history.some(isPart) ? '· in part' : '';
}
