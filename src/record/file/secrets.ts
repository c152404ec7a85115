import { hiding } from '../../wire/hiding.ts';
import type { Fields, RecordedOptions } from './lines.ts';

/** Options without what is secret in them, and what takes the same out of everything else. */
export interface Harmless {
  readonly options: RecordedOptions;
  /** A value as a line. */
  readonly line: (value: unknown) => string;
}

/** The longest wait of a timer. */
const longestMs = 2 ** 31 - 1;

const secret = /^(api_?key|key|access_?token|authorization|password|secret)$/i;

/** Leaves out keys, and of addresses all that may hold one. Functions, and what is no JSON, are left out too. */
export function harmless(options: { readonly [Stage in keyof RecordedOptions]: object }): Harmless {
  const given = Object.values(options) as readonly Fields[];
  const hides = given.map(({ apiKey, baseUrl }) => hiding(text(apiKey), text(baseUrl)));
  const hidden = (written: string) => hides.reduce((rest, hide) => hide.in(rest), written);
  const clean = (field: string, value: unknown): unknown => {
    if (secret.test(field)) return undefined;
    if (value === Infinity) return longestMs; // JSON has none
    return field === 'baseUrl' && typeof value === 'string' ? addressOf(value) : value;
  };
  return { options: JSON.parse(JSON.stringify(options, clean)) as RecordedOptions, line: (value) => lineOf(value, hidden) };
}

/** A line is searched as a whole first: seldom is there anything to be found. What is hidden is hidden text by text, so that no line is torn. */
function lineOf(value: unknown, hidden: (text: string) => string): string {
  const line = JSON.stringify(value);
  return hidden(line) === line ? line : JSON.stringify(withoutSecrets(value, hidden));
}

/** The same value, its texts without secrets; of a text that is JSON the texts in it. */
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
