const units = `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen`.split(/\s+/);
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const scales: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };

/** A number found in words: its value, and how many words it takes. */
export interface FoundNumber {
  readonly value: number;
  readonly words: number;
}

/**
 * Reads the number that begins at `words[at]`, in digits ("21", "3.5", "1,000") or words ("twenty one", "a hundred and five",
 * "three point five", "two million"). Words are in lower case; "twenty-one" is one word.
 */
export function readNumber(words: readonly string[], at: number): FoundNumber | undefined {
  const digits = /^\d[\d,]*(?:\.\d+)?$/.exec(words[at] ?? '')?.[0];
  if (digits !== undefined) return scaled(Number(digits.replaceAll(',', '')), words, at + 1, 1);
  return readWords(words, at);
}

/** "2 million" */
function scaled(value: number, words: readonly string[], next: number, used: number): FoundNumber {
  const scale = scales[words[next] ?? ''];
  return scale === undefined ? { value, words: used } : { value: value * scale, words: used + 1 };
}

function readWords(words: readonly string[], at: number): FoundNumber | undefined {
  let total = 0;
  let group: number | undefined;
  let next = at;
  for (; next < words.length; next += 1) {
    const word = words[next] ?? '';
    const small = smallNumber(word);
    if (small !== undefined) {
      if (group !== undefined && !fits(group, small)) break;
      group = (group ?? 0) + small;
    } else if (word === 'hundred' && group !== undefined) group *= 100;
    else if (word === 'a' && group === undefined && total === 0 && isScale(words[next + 1])) group = 1;
    else if (scales[word] !== undefined && group !== undefined) {
      total += group * scales[word];
      group = undefined;
    } else if (!(word === 'and' && (total > 0 || (group ?? 0) >= 100) && smallNumber(words[next + 1] ?? '') !== undefined)) break;
  }
  if (group === undefined && total === 0) return undefined;
  return withDecimals(total + (group ?? 0), words, at, next);
}

const isScale = (word = '') => word === 'hundred' || scales[word] !== undefined;

/** "twenty" then "one", "a hundred" then "five"; but "four" then "five" are two numbers. */
function fits(group: number, small: number): boolean {
  if (group >= 100 && group % 100 === 0) return small < 100;
  return group % 100 >= 20 && group % 10 === 0 && small > 0 && small < 10;
}

function smallNumber(word: string): number | undefined {
  const [first = '', second] = word.split('-');
  const ten = tens.indexOf(first);
  if (ten >= 0) {
    const unit = second === undefined ? 0 : units.indexOf(second);
    return unit < 0 || unit > 9 ? undefined : (ten + 2) * 10 + unit;
  }
  const unit = units.indexOf(word);
  return unit < 0 ? undefined : unit;
}

/** "three point one four" */
function withDecimals(value: number, words: readonly string[], at: number, next: number): FoundNumber {
  if (words[next] !== 'point') return { value, words: next - at };
  const places: number[] = [];
  for (const word of words.slice(next + 1)) {
    const place = units.indexOf(word);
    if (place < 0 || place > 9) break;
    places.push(place);
  }
  if (places.length === 0) return { value, words: next - at };
  return { value: Number(`${value}.${places.join('')}`), words: next + 1 + places.length - at };
}
