/** A run of letters and digits that both wordings have: where it begins and ends in the one, and begins in the other. */
export interface Pair {
  readonly from: number;
  readonly to: number;
  readonly spokenFrom: number;
}

interface Atom {
  readonly letters: string;
  readonly from: number;
}

/** What is in the model's wording but never said: where links lead, and tags. */
const unsaid = /\]\([^)\s]*(?:\s+"[^"]*")?\)|<\/?[a-z][\w-]*(?:\s[^<>]*)?>/gi;
/** More comparisons than this are not made: no sentence is that long. */
const most = 1_000_000;

/**
 * The runs of letters and digits that are in both wordings, in order, as many as can be; where there is a choice the last
 * ones, for it is code before a sentence that holds its words too.
 */
export function commonAtoms(text: string, spoken: string): readonly Pair[] {
  const atoms = atomsOf(text.replace(unsaid, (mark) => ' '.repeat(mark.length)));
  const others = atomsOf(spoken);
  const common: Pair[] = [];
  let i = atoms.length;
  let j = others.length;
  let lengths: Lengths | undefined;

  while (i > 0 && j > 0) {
    const atom = atoms[i - 1];
    const other = others[j - 1];
    if (atom && other && atom.letters === other.letters) {
      common.push({ from: atom.from, to: atom.from + atom.letters.length, spokenFrom: other.from });
      i--;
      j--;
    } else {
      if (!lengths && i * j > most) break;
      lengths ??= new Lengths(atoms.slice(0, i), others.slice(0, j));
      if (lengths.of(i - 1, j) >= lengths.of(i, j - 1)) i--;
      else j--;
    }
  }
  return common.reverse();
}

function atomsOf(text: string): readonly Atom[] {
  return Array.from(text.matchAll(/[\p{L}\p{M}\p{N}]+/gu), ({ 0: letters, index }) => ({ letters, from: index }));
}

/** How many atoms the first so many of one list and of another have in common, in order. */
class Lengths {
  readonly #width: number;
  readonly #table: Uint16Array;

  constructor(atoms: readonly Atom[], others: readonly Atom[]) {
    this.#width = others.length + 1;
    this.#table = new Uint16Array((atoms.length + 1) * this.#width);
    atoms.forEach(({ letters }, i) => {
      others.forEach((other, j) => {
        const common = letters === other.letters ? this.of(i, j) + 1 : Math.max(this.of(i, j + 1), this.of(i + 1, j));
        this.#table[(i + 1) * this.#width + j + 1] = common;
      });
    });
  }

  of(atoms: number, others: number): number {
    return this.#table[atoms * this.#width + others] ?? 0;
  }
}
