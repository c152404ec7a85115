import { InvalidArgumentError } from 'commander';

/** Parses the value of a flag or a variable. Throws commander's error, which says what the value must be. */
export type Parser<T> = (text: string) => T;

export const numberBetween = (least: number, most: number): Parser<number> => inRange('a number', least, most, Number.isFinite);

export const wholeNumberBetween = (least: number, most: number): Parser<number> =>
  inRange('a whole number', least, most, Number.isInteger);

function inRange(kind: string, least: number, most: number, isKind: (value: number) => boolean): Parser<number> {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (isKind(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${kind} from ${least} to ${most}.`);
  };
}

/** An address with one of these protocols. The error does not repeat the value: it may contain a password. */
export function addressWith(...protocols: readonly string[]): Parser<string> {
  return (text) => {
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    throw new InvalidArgumentError(
      `It must be an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}.`,
    );
  };
}

export const notEmpty: Parser<string> = (value) => {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
};

/** Collects the values of a flag that may be repeated. */
export const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, notEmpty(value)];
