import { hiding } from '../../wire/hiding.ts';
import type { Fields, RecordedOptions } from './lines.ts';

export interface HiddenSecrets {
  /** The options without secrets. */
  readonly options: RecordedOptions;
  /** Turns a value into a line, without the secrets of the options. */
  readonly line: (value: unknown) => string;
}

/** The longest timer, in ms. */
const longestMs = 2 ** 31 - 1;

const secret = /^(api_?key|key|access_?token|authorization|password|secret)$/i;

/** Removes keys from options, and from addresses every part that may contain one. Functions and other non-JSON are left out too. */
export function hideSecrets(options: { readonly [Stage in keyof RecordedOptions]: object }): HiddenSecrets {
  const given = Object.values(options) as readonly Fields[];
  const hides = given.map(({ apiKey, baseUrl }) => hiding(text(apiKey), text(baseUrl)));
  const hidden = (written: string) => hides.reduce((rest, hide) => hide.in(rest), written);
  const clean = (field: string, value: unknown): unknown => {
    if (secret.test(field)) return undefined;
    if (value === Infinity) return longestMs; // JSON has no Infinity
    return field === 'baseUrl' && typeof value === 'string' ? addressOf(value) : value;
  };
  return { options: JSON.parse(JSON.stringify(options, clean)) as RecordedOptions, line: (value) => lineOf(value, hidden) };
}

/** Searches the line as a whole first, because most have no secret. Replaces text by text, so that the line stays JSON. */
function lineOf(value: unknown, hidden: (text: string) => string): string {
  const line = JSON.stringify(value);
  return hidden(line) === line ? line : JSON.stringify(withoutSecrets(value, hidden));
}

/** Hides secrets in all texts of a value, and in the texts within a text that is JSON. */
function withoutSecrets(value: unknown, hidden: (text: string) => string): unknown {
  if (typeof value === 'string') return inText(value, hidden);
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, hidden));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, withoutSecrets(one, hidden)]));
}

function inText(written: string, hidden: (text: string) => string): string {
  if (!written.startsWith('{')) return hidden(written);
  try {
    return JSON.stringify(withoutSecrets(JSON.parse(written), hidden));
  } catch {
    return hidden(written);
  }
}

function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
