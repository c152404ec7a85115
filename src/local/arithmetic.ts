import { readNumber } from './numbers.ts';

const spellings = {
  plus: ['plus', '+', 'added to'],
  minus: ['minus', 'less', '-', 'take away'],
  times: ['times', 'x', '*', 'multiplied by'],
  divide: ['divided by', 'over', '/'],
  percent: ['percent of'],
};
type Operation = keyof typeof spellings;

const operations = (Object.keys(spellings) as Operation[]).flatMap((operation) =>
  spellings[operation].map((spelling) => [spelling.split(' '), operation] as const),
);

/** A sum in the caller's words, and its value: `undefined` if it divides by zero. */
export interface Sum {
  readonly words: string;
  readonly value: number | undefined;
}

/** Finds the first sum in a text: numbers in words or digits, joined by plus, minus, times, divided by. */
export function findSum(text: string): Sum | undefined {
  const words = spaced(text).split(/\s+/).filter(Boolean);
  for (let at = 0; at < words.length; at += 1) {
    const sum = sumAt(words, at);
    if (sum) return sum;
  }
  return undefined;
}

/** Puts spaces around signs and removes punctuation, but not inside a number: "3.5+2?" becomes "3.5 + 2". */
function spaced(text: string): string {
  return text
    .toLowerCase()
    .replace(/[×∙]/g, '*')
    .replace(/÷/g, '/')
    .replace(/%/g, ' percent')
    .replace(/(?<=[\d\s])([+*/-])(?=[\d\s])/g, ' $1 ')
    .replace(/[.,](?!\d)/g, ' ')
    .replace(/[?!;:"]/g, ' ');
}

function sumAt(words: readonly string[], start: number): Sum | undefined {
  const first = readNumber(words, start);
  if (!first) return undefined;
  const values = [first.value];
  const signs: Operation[] = [];
  let at = start + first.words;
  for (;;) {
    const sign = operations.find(([spelled]) => spelled.every((word, index) => words[at + index] === word));
    const next = sign && readNumber(words, at + sign[0].length);
    if (!next) break;
    values.push(next.value);
    signs.push(sign[1]);
    at += sign[0].length + next.words;
  }
  return signs.length === 0 ? undefined : { words: words.slice(start, at).join(' '), value: evaluate(values, signs) };
}

/** Multiplication and division come before plus and minus. */
function evaluate(values: readonly number[], signs: readonly Operation[]): number | undefined {
  const terms = [values[0] ?? 0];
  signs.forEach((sign, index) => {
    const value = values[index + 1] ?? 0;
    const last = terms.length - 1;
    if (sign === 'times') terms[last] = (terms[last] ?? 0) * value;
    else if (sign === 'percent') terms[last] = ((terms[last] ?? 0) * value) / 100;
    else if (sign === 'divide') terms[last] = (terms[last] ?? 0) / value;
    else terms.push(sign === 'plus' ? value : -value);
  });
  const total = terms.reduce((sum, term) => sum + term, 0);
  return Number.isFinite(total) ? total : undefined;
}
