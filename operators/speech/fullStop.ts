/**
 * The condition under which a full stop ends a sentence: `nothing` ends it at once, `never` does not end it. The others depend on
 * the next word: it is no number (`noNumber`), not in lower case (`notSmall`), capitalised (`capital`), capitalised but no day or
 * time zone (`capitalNoDay`: "5 p.m. Monday"), or a word that often opens sentences (`opener`: "the U.S. The", not "the U.S. Army").
 */
export type StopCondition = 'nothing' | 'never' | 'noNumber' | 'notSmall' | 'capital' | 'capitalNoDay' | 'opener';

const list = (words: string) => new Set(words.split(' '));

const beforeNames = list('Dr Mr Mrs Ms Mx Prof St Mt Rev Hon Gen Col Sgt Capt Lt Cmdr Gov Sen Rep Messrs Mme Mlle Sra Srta');
const insideSentences = list('vs cf viz approx e.g i.e');
const beforeNumbers = list('no nos nr fig figs vol ch sec art eq p pp ca');
const oftenInside = list(
  'etc inc ltd co corp bros jr sr ave blvd rd dept jan feb aug sept oct nov dec min max hr hrs ft lb lbs oz',
);
const openers = list(
  'The This That These Those There Then It He She We They You I In On At If When While What Who Why How Where Which Is Are Was Were ' +
    'Do Does Did Can Could Would Will Should My Your His Her Its Our Their But And So Or Also However Now Yes No Not For From To With ' +
    'As After Before Please Let Here An Once Thanks Thank Sure Okay OK Well',
);
const daysAndZones = list(
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday Eastern Central Mountain Pacific EST EDT CST CDT MST MDT PST PDT GMT UTC CET BST',
);

/** Returns the condition for the full stop after `word`. `first`: the word begins its line, where "1." and "a." number an item. */
export function fullStop(word: string, first: boolean): StopCondition {
  if (first && /^(\d{1,3}|[A-Za-z])$/.test(word)) return 'never';
  if (beforeNames.has(word)) return 'never';
  const small = word.toLowerCase();
  if (insideSentences.has(small)) return 'never';
  if (beforeNumbers.has(small)) return 'noNumber';
  if (oftenInside.has(small)) return 'capital';
  if (small === 'a.m' || small === 'p.m') return 'capitalNoDay';
  if (/^(\p{L}\.)+\p{L}$/u.test(word) || word === 'Ph.D') return 'opener';
  if (/^\p{Lu}$/u.test(word) && word !== 'I') return 'opener';
  if (/\d$/.test(word)) return 'notSmall';
  return 'nothing';
}

/** The number of characters in which the next word is searched. */
const ahead = 64;

/**
 * Whether a sentence ends before `from`, judged by the word that follows; `undefined` while more text is needed. A new line ends
 * it. Text beyond that word does not change the result.
 */
export function endsBefore(text: string, from: number, condition: StopCondition): boolean | undefined {
  if (condition === 'nothing') return true;
  if (condition === 'never') return false;
  const next = text.slice(from, from + ahead);
  const [, space = '', marks = '', word = '', after] = /^(\s*)([^\p{L}\p{N}\s]*)([\p{L}\p{N}]*)([^])?/u.exec(next) ?? [];
  if (space.includes('\n')) return true;
  if (word === '' && after === undefined) return next.length === ahead ? true : undefined;
  const capital = /^\p{Lu}/u.test(word) || marks.includes('¿') || marks.includes('¡');
  switch (condition) {
    case 'noNumber':
      return !/^\p{N}/u.test(word);
    case 'notSmall':
      return !/^[\p{Ll}\p{N}]/u.test(word);
    case 'capital':
      return capital;
    default: {
      if (!capital) return false;
      if (after === undefined && next.length < ahead) return undefined;
      return condition === 'capitalNoDay' ? !daysAndZones.has(word) : openers.has(word) && after !== '.';
    }
  }
}
