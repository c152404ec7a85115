import { InvalidArgumentError } from 'commander';

/** Reads a value of a flag or a variable. Throws commander's error, whose message says what it must be. */
export type Reader<T> = (text: string) => T;

export function numberFrom(least: number, most: number): Reader<number> {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return value;
  };
}

export function wholeFrom(least: number, most: number): Reader<number> {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** An address with one of these protocols. What is wrong is not repeated: it may hold a password. */
export function urlOf(...protocols: readonly string[]): Reader<string> {
  return (text) => {
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
    throw new InvalidArgumentError(
      `It must be an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}.`,
    );
  };
}

export const text: Reader<string> = (value) => {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
};

/** An address without what may be secret in it: user, password, query. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/, '');
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
