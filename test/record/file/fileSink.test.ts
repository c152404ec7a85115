import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isReplaceable, openFileSink } from '../../../src/record/file/fileSink.ts';
import { folder } from '../../cli/sluiceProcess.ts';

describe('openFileSink', () => {
  it('writes each line to the file before it returns, and makes the folder', () => {
    const path = join(folder(), 'a', 'call.jsonl');
    const sink = openFileSink(path);
    sink.write('{"é":1}');
    expect(readFileSync(path, 'utf8')).toBe('{"é":1}\n');
    sink.write('{}');
    expect(readFileSync(path, 'utf8')).toBe('{"é":1}\n{}\n');
    sink.close();
  });

  it('empties the file', () => {
    const path = join(folder(), 'call.jsonl');
    writeFileSync(path, 'something longer');
    openFileSink(path).close();
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('isReplaceable', () => {
  const file = (content: string) => {
    const path = join(folder(), 'call.jsonl');
    writeFileSync(path, content);
    return path;
  };

  it.each(['', '{"sluice":"recording","version":1}\n', '{"sluice":"recording","version":99', '\uFEFF{ "sluice": "recording" }'])(
    'is true of what is empty or begins like a recording: %j',
    (content) => {
      expect(isReplaceable(file(content))).toBe(true);
    },
  );

  it.each(['\n', '{"sluice":"scenario"}', 'RIFF', '{"at":0,"sluice":"recording"}', '["sluice","recording"]'])(
    'is false of anything else: %j',
    (content) => {
      expect(isReplaceable(file(content))).toBe(false);
    },
  );

  it('is false for a folder', () => {
    expect(isReplaceable(folder())).toBe(false);
  });

  it('is true if there is no file', () => {
    expect(isReplaceable(join(folder(), 'none'))).toBe(true);
  });
});
