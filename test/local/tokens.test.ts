import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { recogniserFiles } from '../../src/local/enginePackages.ts';
import { tokensFile } from '../../src/local/tokens.ts';

describe('tokensFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('holds a line for each of the 32768 tokens, and no half-made file beside it', async () => {
    const inside = join(folder, 'new');
    const [file] = await Promise.all([
      tokensFile(recogniserFiles().vocabulary, inside),
      tokensFile(recogniserFiles().vocabulary, inside),
    ]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(32_768);
    const [bytes, id] = lines[10_058]?.split('\t') ?? [];
    expect(id).toBe('10058');
    expect(Buffer.from(bytes ?? '', 'base64').toString()).toMatch(/^ ?\p{L}+$/u);
    expect(lines.slice(3, 4)).toEqual(['AA==\t3']); // <0x00>
    expect(readdirSync(inside)).toHaveLength(1);
  });
});
