import { resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { inChromium, launched } from '../browser/chromium.ts';
import { call, marbleTests } from './browserProgram.ts';

const root = resolve(import.meta.dirname, '../..');

const bundle = (entry: string) =>
  build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'program',
    logLevel: 'silent',
  });

describe('a bundle for a browser', () => {
  // esbuild refuses an import of a Node built-in for this platform.
  it.each(['src/index.ts', 'operators/index.ts', 'src/testing/index.ts'])('contains no Node built-in: %s', async (entry) => {
    const { errors, warnings, metafile } = await bundle(entry);
    const external = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter((one) => one.external));

    expect({ errors, warnings, external }).toEqual({ errors: [], warnings: [], external: [] });
  });
});

inChromium('in Chromium', () => {
  it('marble tests and a simulated call run as in Node, and the Deepgram socket says why it cannot', async () => {
    const { outputFiles } = await bundle('test/package/browserProgram.ts');
    await using browser = await launched();
    const page = await browser.newPage();
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const marbles = await page.evaluate<ReturnType<typeof marbleTests>>('program.marbleTests()');

    expect(marbles).toHaveLength(2);
    for (const { actual, expected } of marbles) expect(actual).toEqual(expected);
    expect(await page.evaluate('program.call()')).toEqual(call());
    expect(call().violations).toEqual([]);
    expect(await page.evaluate('program.connect()')).toMatch(/^The socket to Deepgram needs Node: .* wire of your own\.$/u);
    expect(thrown).toEqual([]);
  });
});
