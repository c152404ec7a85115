import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Outcome } from './sluiceProcess.ts';

/** The command within this process: what it prints, and its exit code. */
export async function sluice(...args: string[]): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
  try {
    return { code: await main(args), ...said };
  } finally {
    vi.restoreAllMocks();
  }
}
