import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { folder, start, type Outcome } from './sluiceProcess.ts';

const root = resolve(import.meta.dirname, '../..');

const entries = ['sluice', 'sluice/operators', 'sluice/testing', 'sluice/emulator', 'sluice/record', 'sluice/timeline'];

/** A CommonJS module that loads every entry, and shares its RxJS with them. */
const required = `
for (const entry of ${JSON.stringify(entries)}) require(entry);
const ours = require.resolve('rxjs', { paths: [require.resolve('sluice')] });
if (ours !== require.resolve('rxjs')) throw new Error('There are two copies of RxJS.');
`;

/** A test of \`node:test\`. */
const imported = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from 'sluice/testing';

test('a call is simulated', () => {
  const message = { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0, transcript: 'Hi.' };
  assert.deepEqual(simulate({ flux: [{ at: 900, message }] }).history[0], { role: 'user', content: 'Hi.' });
});
`;

it('a user of the published package is led to the engines, and has them then', { timeout: 240_000 }, async () => {
  const folders = { packed: folder(), user: folder() };
  const shell = (line: string, cwd = folders.user): Promise<Outcome> => start('bash', ['-c', line], { cwd }).ends;
  // What the cache has need not be asked for: with a full one, this works without a network.
  const npm = 'npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false npm_config_prefer_offline=true npm';

  const packed = await shell(`${npm} pack --pack-destination '${folders.packed}'`, root);
  expect(packed, packed.stdout + packed.stderr).toMatchObject({ code: 0 });
  const [tarball] = readdirSync(folders.packed);

  expect(await shell(`${npm} init -y`)).toMatchObject({ code: 0 });
  expect(await shell(`${npm} install --omit=dev '${join(folders.packed, tarball!)}' rxjs`)).toMatchObject({ code: 0 });
  mkdirSync(join(folders.user, 'audio'));
  copyFileSync(join(root, 'fixtures/audio/pocketsphinx_goforward.wav'), join(folders.user, 'audio/call.wav'));

  writeFileSync(join(folders.user, 'required.cjs'), required);
  writeFileSync(join(folders.user, 'imported.test.mjs'), imported);
  expect(await shell('node required.cjs && node --test')).toMatchObject({ code: 0, stderr: '' });

  const without = await shell('npx sluice run audio/call.wav');
  expect(without).toMatchObject({ code: 1, stdout: '' });
  expect(without.stderr).toMatch(
    /^sluice: The local speech engines are not installed \(.*\)\. Run `sluice engines --install`, or set DEEPGRAM_API_KEY and OPENAI_API_KEY\.\n$/m,
  );
  expect(existsSync(join(folders.user, 'out'))).toBe(false);

  const withoutEngines = await shell('npx sluice emulate');
  expect(withoutEngines).toMatchObject({ code: 1, stdout: '' });
  expect(withoutEngines.stderr).toMatch(/or use `--backend scripted --scenario <file>`, which needs none\.\n$/m);

  const installed = await shell('npm_config_prefer_offline=true npx sluice engines --install');
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  expect(readFileSync(join(folders.user, 'package.json'), 'utf8')).toContain('"sherpa-onnx-node"');

  const { code, stdout, stderr } = await shell('npx sluice run audio/call.wav --json');
  expect(code, stderr).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.find(({ type }) => type === 'EndOfTurn')).toMatchObject({ transcript: 'Go forward ten meters.' });
  expect(events.find(({ type }) => type === 'ReplyEnded')).toMatchObject({
    heard: expect.stringContaining('ten meters') as string,
  });
  expect(readFileSync(join(folders.user, 'out/call.html'), 'utf8')).toContain('Go forward ten meters.');
});
