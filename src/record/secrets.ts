import { hiding } from '../wire/hiding.ts';
import type { Fields, RecordedOptions } from './lines.ts';

/** Options without what is secret in them, and what takes the same out of every text. */
export interface Harmless {
  readonly options: RecordedOptions;
  readonly in: (text: string) => string;
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
  return { options: JSON.parse(JSON.stringify(options, clean)) as RecordedOptions, in: hidden };
}

function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
