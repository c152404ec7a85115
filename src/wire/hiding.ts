/** Takes secrets out of what is said to others. */
export interface Hiding {
  /** The text without them. */
  readonly in: (text: string) => string;
  /** The cause of an error, if nothing in it, however deep, holds one. */
  readonly cause: (cause: unknown) => { readonly cause?: unknown };
}

/** Node's `util`. A browser has none: there a cause cannot be searched, so none is kept. */
const util = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.('node:util');

/** A shorter one cannot be told from a word: the key `none`, say. */
const SHORTEST = 8;

/**
 * Hides a key, and what of an address may be one: name and password, the values of its query, its fragment, long parts of its
 * path; all of it if it is no address. They become `[key]`, in whatever way they are escaped.
 */
export function hiding(apiKey: string | undefined, address: string | undefined): Hiding {
  const secrets = [apiKey ?? '', ...secretsOf(address)]
    .flatMap((secret) => [secret, unescaped(secret), encodeURIComponent(secret), encodeURI(secret), base64(secret)])
    .filter((secret) => secret.length >= SHORTEST)
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

/** How long a part of a path must be to be taken for a key. */
const LONG = 16;

function secretsOf(address = ''): string[] {
  if (!URL.canParse(address)) return [address];
  const { username, password, searchParams, hash, pathname } = new URL(address);
  const parts = pathname.split('/').filter((part) => part.length >= LONG);
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
