import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import wavefile from 'wavefile';
import { variables } from '../../src/cli/environment.ts';

const root = resolve(import.meta.dirname, '../..');
const tsx = import.meta.resolve('tsx');
export const sluice = ['--import', tsx, join(root, 'src/cli.ts')];

/** What became of a process. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with all of stdout so far, once it matches. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly ends: Promise<Outcome>;
}

interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly after?: Finally;
}

/** When to clean up: with the test, unless said otherwise. */
export type Finally = (cleanUp: () => void | Promise<void>) => void;

/** A folder that is gone afterwards. */
export function folder(after: Finally = onTestFinished): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Starts a process without any of our variables, which is over afterwards at the latest. */
export function start(program: string, args: readonly string[], { cwd, env, after = onTestFinished }: Surroundings): Running {
  const bare = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !(variables as readonly string[]).includes(name)),
  );
  const child = spawn(program, args, { cwd, env: { ...bare, ...env } });
  after(() => void child.kill('SIGKILL'));
  const told = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told.stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told.stdout += text));
  const ends = new Promise<Outcome>((done) => child.on('close', (code) => done({ code, ...told })));
  const says = (pattern: RegExp) =>
    new Promise<string>((found, lost) => {
      const look = () => pattern.test(told.stdout) && found(told.stdout);
      child.stdout.on('data', look);
      look();
      void ends.then(({ stderr }) => lost(new Error(`It ended without ${String(pattern)}: ${stderr}`)));
    });
  return { child, says, ends };
}

/** Runs the command in a folder of its own. */
export function command(args: readonly string[], { cwd = folder(), ...rest }: Partial<Surroundings> = {}): Running {
  return start(process.execPath, [...sluice, ...args], { cwd, ...rest });
}

/** A recording of so many seconds in which sample n is n modulo 1000, quiet enough to be silence for a machine. */
export function recording(cwd: string, seconds: number, name = 'call.wav'): string {
  const file = new wavefile.WaveFile();
  file.fromScratch(
    1,
    16_000,
    '16',
    Int16Array.from({ length: 16_000 * seconds }, (_, at) => at % 1000),
  );
  writeFileSync(join(cwd, name), file.toBuffer());
  return name;
}
