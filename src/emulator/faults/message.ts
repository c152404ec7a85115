import { isRecord, parseJson, recordOf } from '../../../operators/core/json.ts';
import type { Frame } from '../../wire/wire.ts';
import { HangUp } from '../server/peer.ts';

/** The name of a message: its event, else its type; `audio` for a binary one. Undefined for a `HangUp`. */
export function nameOf(out: Frame | HangUp): string | undefined {
  if (out instanceof HangUp) return undefined;
  if (typeof out !== 'string') return 'audio';
  const { event, type } = recordOf(parseJson(out));
  const name = event ?? type;
  return typeof name === 'string' ? name : '';
}

/** Whether it is a message with this name; without a name: whether it is a message. */
export function isNamed(out: Frame | HangUp, name: string | undefined): boolean {
  return name === undefined ? !(out instanceof HangUp) : nameOf(out) === name;
}

/** The message without one field. A path (`words.start`) applies to every element of a list. */
export function without<T>(out: T, field: string): T | string {
  return typeof out === 'string' ? JSON.stringify(withoutPath(recordOf(parseJson(out)), field.split('.'))) : out;
}

function withoutPath(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutPath(one, [name, ...rest]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== name || rest.length > 0)
      .map(([key, inner]) => [key, key === name ? withoutPath(inner, rest) : inner]),
  );
}
