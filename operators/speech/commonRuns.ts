/** A run of letters and digits that both texts contain: its range in the text, and its start in the spoken text. */
export interface CommonRun {
  readonly from: number;
  readonly to: number;
  readonly spokenFrom: number;
}

interface Run {
  readonly letters: string;
  readonly from: number;
}

/** Link targets and tags: they are never spoken. */
const unspoken = /\]\([^)\s]*(?:\s+"[^"]*")?\)|<\/?[a-z][\w-]*(?:\s[^<>]*)?>/gi;
/** The most comparisons; no sentence needs as many. */
const mostComparisons = 1_000_000;

/**
 * Returns the longest common sequence of the runs of letters and digits in both texts. If there are several, it takes the last
 * runs, since code before a sentence may contain the same words.
 */
export function commonRuns(text: string, spoken: string): readonly CommonRun[] {
  const runs = runsOf(text.replace(unspoken, (mark) => ' '.repeat(mark.length)));
  const others = runsOf(spoken);
  const common: CommonRun[] = [];
  let i = runs.length;
  let j = others.length;
  let lengths: Lengths | undefined;

  while (i > 0 && j > 0) {
    const run = runs[i - 1];
    const other = others[j - 1];
    if (run && other && run.letters === other.letters) {
      common.push({ from: run.from, to: run.from + run.letters.length, spokenFrom: other.from });
      i--;
      j--;
    } else {
      if (!lengths && i * j > mostComparisons) break;
      lengths ??= new Lengths(runs.slice(0, i), others.slice(0, j));
      if (lengths.of(i - 1, j) >= lengths.of(i, j - 1)) i--;
      else j--;
    }
  }
  return common.reverse();
}

function runsOf(text: string): readonly Run[] {
  return Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]+/gu), ({ 0: letters, index }) => ({ letters, from: index }));
}

/** The length of the longest common sequence of the first runs of two lists, for all numbers of runs. */
class Lengths {
  readonly #width: number;
  readonly #table: Uint16Array;

  constructor(runs: readonly Run[], others: readonly Run[]) {
    this.#width = others.length + 1;
    this.#table = new Uint16Array((runs.length + 1) * this.#width);
    runs.forEach(({ letters }, i) => {
      others.forEach((other, j) => {
        const common = letters === other.letters ? this.of(i, j) + 1 : Math.max(this.of(i, j + 1), this.of(i + 1, j));
        this.#table[(i + 1) * this.#width + j + 1] = common;
      });
    });
  }

  of(runs: number, others: number): number {
    return this.#table[runs * this.#width + others] ?? 0;
  }
}
