/** Plays the matrix and prints what came of it, where it is not what is expected in red: `npm run test:faults`. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { outcomeOf } from './expectedOutcomes.ts';
import { kinds } from './faultsOf.ts';
import { isMet, played } from './playFault.ts';
import { phases } from './phases.ts';
import { inWords } from './table.ts';

const none = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }; // no line between rows
const table = new Table({
  head: ['', ...phases],
  style: { head: [], border: [] },
  chars: none,
  colWidths: [31, ...phases.map(() => 22)],
});
for (const kind of kinds) {
  const cells = phases.map((phase) => {
    const outcome = played(kind, phase) ?? '—';
    const words = inWords(outcome, kind, phase);
    return isMet(outcome, outcomeOf(kind, phase)) ? words : pc.red(words);
  });
  table.push([kind.name, ...cells]);
}
console.log(table.toString());
