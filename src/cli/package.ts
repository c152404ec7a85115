import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../record/file/ownPackage.ts';

/** What the command needs to know of its own package. */
export interface OwnPackage {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Our own `package.json`. */
export function ownPackage(): OwnPackage {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as OwnPackage;
}
