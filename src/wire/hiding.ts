/** Removes secrets from texts and errors before others see them. */
export interface Hiding {
  /** The text without secrets. */
  readonly in: (text: string) => string;
  /** The cause of an error, or nothing if it contains a secret at any depth. */
  readonly cause: (cause: unknown) => { readonly cause?: unknown };
}

/** Node's `util`. A browser has none, so there a cause cannot be searched and none is kept. */
const util = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.('node:util');

/** Shorter secrets could be ordinary words, such as the key `none`. */
const shortestSecret = 8;

/**
 * Replaces secrets by `[key]`, however they are escaped: the key, and the parts of an address that may be one (user name and
 * password, query values, fragment, long parts of the path; all of it if it is not a URL).
 */
export function hiding(apiKey: string | undefined, address: string | undefined): Hiding {
  const secrets = [apiKey ?? '', ...secretsOf(address)]
    .flatMap((secret) => [secret, unescaped(secret), encodeURIComponent(secret), encodeURI(secret), base64(secret)])
    .filter((secret) => secret.length >= shortestSecret)
    .sort((one, other) => other.length - one.length);
  const hidden = (text: string): string => {
    const without = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[key]'), text);
    return without.replace(/(\b[a-z][a-z+.-]*:\/\/)[^\s/@]+@/gi, '$1');
  };
  const isClean = (value: unknown): boolean => {
    const shown = util?.inspect(value, { depth: 8, maxStringLength: null, breakLength: Infinity });
    return shown !== undefined && hidden(shown) === shown;
  };
  return { in: hidden, cause: (cause) => (cause === undefined || !isClean(cause) ? {} : { cause }) };
}

/** A part of a path of this length may be a key. */
const keyLength = 16;

function secretsOf(address = ''): string[] {
  if (!URL.canParse(address)) return [address];
  const { username, password, searchParams, hash, pathname } = new URL(address);
  const parts = pathname.split('/').filter((part) => part.length >= keyLength);
  const queried = [...searchParams].flatMap(([name, value]) => [value, value === '' ? name : '']);
  return [username, password, `${username}:${password}`, ...queried, hash.slice(1), ...parts];
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
