import { legend } from '../testing/timingChart.ts';

/** The legend of a timing chart, in lines that break between two letters. */
export function wrapLegend(columns: number): readonly string[] {
  return legend.split(/ {2,}/).reduce<string[]>((lines, letter) => {
    const longer = [...lines.slice(-1), letter].join('  ');
    return longer.length > columns ? [...lines, letter] : [...lines.slice(0, -1), longer];
  }, []);
}
