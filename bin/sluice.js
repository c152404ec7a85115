#!/usr/bin/env node
// Runs the command in dist/. In a clone it builds dist/ first if that is not current.
import { existsSync } from 'node:fs';
import process from 'node:process';

const command = new URL('../dist/src/cli.js', import.meta.url);
const builder = new URL('../scripts/build.js', import.meta.url);

/** Why the command cannot run, if it cannot. */
async function obstacle() {
  if (existsSync(builder)) {
    const { build, canBuild, isCurrent } = await import(builder.href);
    if (canBuild() && !isCurrent()) {
      process.stderr.write('sluice: dist/ is not current. Building it, which takes up to a minute …\n');
      await build();
    }
  }
  return existsSync(command)
    ? undefined
    : 'This clone is not built. Run `npm install`, which installs the build tools and builds it.';
}

async function run() {
  try {
    const reason = await obstacle();
    if (reason === undefined) await import(command.href);
    return reason;
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return `${error.message.split('\n')[0]}. Run \`npm install\`.`;
    if (error.status !== undefined) return 'dist/ could not be built: see above.';
    throw error;
  }
}

const reason = await run();
if (reason !== undefined) {
  process.stderr.write(`sluice: ${reason}\n`);
  process.exitCode = 1;
}
