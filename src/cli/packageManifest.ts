import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../record/file/ownPackage.ts';

/** The fields of our own `package.json` that the command reads. */
export interface PackageManifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function packageManifest(): PackageManifest {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as PackageManifest;
}
