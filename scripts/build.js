// Builds dist/ if it is not current. `npm run build` and `npm pack` call it, and `npm install` does with --if-possible.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const cache = join(root, '.cache');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

/** A hash of everything that dist/ is built from, the versions of the tools included. */
function sourceHash() {
  const hash = createHash('sha256');
  const folders = ['operators', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const single = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.js'].map((file) =>
    join(root, file),
  );
  for (const file of [...folders.toSorted(), ...single]) {
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Whether dist/ is complete and was built from the sources as they are now. */
export function isCurrent() {
  const record = join(dist, '.source-hash');
  return existsSync(record) && readFileSync(record, 'utf8') === sourceHash();
}

/** Whether the development dependencies are installed. */
export function canBuild() {
  return existsSync(compiler) && existsSync(join(root, 'node_modules/esbuild'));
}

/** Builds dist/ beside itself and then puts it in place, so that an interrupted build leaves no half of one. */
export async function build() {
  const fresh = join(cache, `dist-${process.pid}`);
  removeInterrupted();
  mkdirSync(cache, { recursive: true });
  try {
    const hash = sourceHash();
    execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', fresh], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    const esbuild = await import('esbuild');
    await esbuild.build({
      absWorkingDir: join(root, 'src/timeline/page'),
      entryPoints: ['page.ts', 'page.css'].map((file) => ({ in: file, out: 'timeline' })),
      bundle: true,
      minify: true,
      target: 'es2022',
      legalComments: 'none',
      outdir: join(fresh, 'page'),
      logLevel: 'warning',
    });
    writeFileSync(join(fresh, '.source-hash'), hash);
    putInPlace(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Renames the new folder to dist/. Another build may do the same at this moment. */
function putInPlace(fresh) {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(fresh, dist);
      return;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) || attempt === 5) throw error;
    }
    const old = `${fresh}-old`;
    try {
      renameSync(dist, old);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
    rmSync(old, { recursive: true, force: true });
  }
}

/** Removes what builds left that were interrupted. */
function removeInterrupted() {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const pid = /^dist-(\d+)/u.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] === import.meta.filename) {
  if (isCurrent()) console.log('dist/ is current.');
  else if (canBuild()) {
    const began = performance.now();
    await build().catch((error) => {
      console.error(`dist/ could not be built: ${error.message}`);
      process.exitCode = 1;
    });
    if (!process.exitCode) console.log(`dist/ is built, in ${((performance.now() - began) / 1000).toFixed(0)} s.`);
  } else if (process.argv.includes('--if-possible'))
    console.log('dist/ is not built: the development dependencies are not installed.');
  else {
    console.error('dist/ cannot be built: the development dependencies are not installed. Run `npm install`.');
    process.exitCode = 1;
  }
}
