import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, start, type Outcome } from '../cli/sluiceProcess.ts';

const root = resolve(import.meta.dirname, '../..');

/** What a clone has before anything is installed. */
function clone(...sources: readonly string[]): string {
  const path = folder();
  const files = ['bin', 'scripts', 'package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json'];
  for (const file of [...files, ...sources]) cpSync(join(root, file), join(path, file), { recursive: true });
  return path;
}

/** A clone with its development dependencies whose sources are a few lines, so that it is built in a moment. */
function smallClone(): string {
  const path = clone();
  const sources = {
    'operators/index.ts': 'export {};\n',
    'src/cli.ts': "console.log('It runs.');\n",
    'src/timeline/page/page.ts': 'document.title = `A page`;\n',
    'src/timeline/page/page.css': 'body { margin: 0 }\n',
  };
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  return path;
}

const sluice = (cwd: string): Promise<Outcome> => start(process.execPath, ['bin/sluice.js'], { cwd }).ends;

const building = 'sluice: dist/ is not current. Building it, which takes up to a minute …\n';

describe('a clone', () => {
  it('can be installed without its development dependencies, and sluice says what to run', { timeout: 120_000 }, async () => {
    const cwd = clone('operators', 'src');
    const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
    const run = (line: string) => start('bash', ['-c', line], { cwd, env: { ...quiet, npm_config_prefer_offline: 'true' } }).ends;

    expect(await run('npm ci --omit=dev')).toMatchObject({ code: 0 });
    expect(await run('npx sluice')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'sluice: This clone is not built. Run `npm install`, which installs the build tools and builds it.\n',
    });
  });

  it('is built by the first call of sluice, and not again until a source changes', { timeout: 120_000 }, async () => {
    const cwd = smallClone();

    expect(await sluice(cwd)).toEqual({ code: 0, stdout: 'It runs.\n', stderr: building });
    expect(await sluice(cwd)).toEqual({ code: 0, stdout: 'It runs.\n', stderr: '' });
    expect(await start(process.execPath, ['scripts/build.js'], { cwd }).ends).toMatchObject({ stdout: 'dist/ is current.\n' });
    writeFileSync(join(cwd, 'src/cli.ts'), "console.log('It runs again.');\n");
    expect(await sluice(cwd)).toEqual({ code: 0, stdout: 'It runs again.\n', stderr: building });
  });

  it('is whole after a build that was interrupted', { timeout: 120_000 }, async () => {
    const cwd = smallClone();
    const interrupted = spawn(process.execPath, ['bin/sluice.js'], { cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    await once(interrupted.stderr, 'data');
    // Ctrl-C, which reaches the compiler too
    process.kill(-interrupted.pid!, 'SIGINT');
    await once(interrupted, 'close');
    expect(existsSync(join(cwd, 'dist'))).toBe(false);

    const half = join(cwd, '.cache', `dist-${interrupted.pid!}`);
    mkdirSync(join(half, 'src'), { recursive: true });
    expect(await sluice(cwd)).toEqual({ code: 0, stdout: 'It runs.\n', stderr: building });
    expect(existsSync(half)).toBe(false);
  });

  it('says that it cannot be built, and keeps what was built before', { timeout: 120_000 }, async () => {
    const cwd = smallClone();
    await sluice(cwd);
    writeFileSync(join(cwd, 'src/cli.ts'), 'const one: number = "1";\n');
    const failed = await sluice(cwd);

    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/error TS2322.*\nsluice: dist\/ could not be built: see above\.\n$/su);
    expect(existsSync(join(cwd, 'dist/src/cli.js'))).toBe(true);
  });
});
