import { eventsOf } from '../../record/replay/replay.ts';
import { why as chainOf, type Cause } from '../../record/why.ts';
import { exitCodes, usageError } from '../commandError.ts';
import { clock, colorsFor, legible } from '../paint.ts';
import { recordingOf } from '../recordingOf.ts';

/** `sluice why`: what led to an event of a recording, in plain words. */
export function why(file: string, id: number, { json = false }: { readonly json?: boolean }): number {
  const recording = recordingOf(file);
  const chain = chainOf(recording, id);
  if (chain.length === 0) {
    const ids = eventsOf(recording.lines).map((event) => event.id);
    const known = ids.length === 0 ? 'it has no events' : `its events are ${Math.min(...ids)} to ${Math.max(...ids)}`;
    throw usageError(`${file} has no event ${id}: ${known}.`);
  }
  const lines = json ? [JSON.stringify(chain)] : folded(chain).map(told);
  process.stdout.write(`${lines.join('\n')}\n`);
  return exitCodes.done;
}

type Told = Cause & { readonly more: number };

/** One word after another is told once. */
function folded(chain: readonly Cause[]): readonly Told[] {
  return chain.reduce<readonly Told[]>((told, cause) => {
    const last = told.at(-1);
    const follows = last?.event.type === cause.event.type && (cause.event.type === 'Update' || cause.event.type === 'Token');
    return follows ? [...told.slice(0, -1), { ...last, more: last.more + 1 }] : [...told, { ...cause, more: 0 }];
  }, []);
}

function told({ event, text, policy, more }: Told, index: number): string {
  const { dim } = colorsFor(process.stdout);
  const because = index === 0 ? '' : 'because ';
  const by = policy === undefined ? '' : `; policy ${policy}`;
  return `${clock(event.at)}  ${because}${legible(text)}${legible(by)}  ${dim(`(${event.type} ${event.id}${more > 0 ? `, and ${more} before it` : ''})`)}`;
}
