import { stripVTControlCharacters } from 'node:util';

/** Text of a service or a file that cannot control the terminal: escape sequences are cut out, other control characters become spaces. */
export function withoutControlCharacters(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
