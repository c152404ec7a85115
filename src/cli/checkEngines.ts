import { missingEngines } from '../local/index.ts';
import { CommandError } from './subcommand.ts';

/** Throws a `CommandError` if the engines are not installed, before anything starts. `instead` names the way to do without them. */
export function checkEngines(instead = 'set DEEPGRAM_API_KEY and OPENAI_API_KEY'): void {
  const missing = missingEngines();
  if (missing.length === 0) return;
  throw new CommandError(
    `The local speech engines are not installed (${missing.join(', ')}). Run \`sluice engines --install\`, or ${instead}.`,
  );
}
