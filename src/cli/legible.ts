import { stripVTControlCharacters } from 'node:util';

/** Words of others without what would steer the terminal. */
export function legible(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
