import type { Frame } from '../../wire/wire.ts';
import { HangUp } from '../server/peer.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a message is called: its event, else its type; `audio` if it is binary. Undefined: not a message. */
export function nameOf(out: Frame | HangUp): string | undefined {
  if (out instanceof HangUp) return undefined;
  if (typeof out !== 'string') return 'audio';
  const { event, type } = parsed(out);
  const name = event ?? type;
  return typeof name === 'string' ? name : '';
}

/** Whether it is a message of this name; of any, where none is asked for. */
export function isNamed(out: Frame | HangUp, name: string | undefined): boolean {
  return name === undefined ? !(out instanceof HangUp) : nameOf(out) === name;
}

/** A message without a field; the way to it (`words.start`) leads through lists. */
export function without<T>(out: T, field: string): T | string {
  return typeof out === 'string' ? JSON.stringify(left(parsed(out), field.split('.'))) : out;
}

function left(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => left(one, [name, ...rest]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== name || rest.length > 0)
      .map(([key, inner]) => [key, key === name ? left(inner, rest) : (inner as unknown)]),
  );
}

function parsed(text: string): Json {
  try {
    return (JSON.parse(text) as Json | null) ?? {};
  } catch {
    return {};
  }
}
