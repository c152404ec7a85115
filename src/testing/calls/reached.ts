import { equivalent } from '../../../operators/turns/equivalent.ts';
import type { Scenario } from '../../emulator/scenario/scenario.ts';
import type { Result } from '../result.ts';
import { isTurnRow } from './turnStory.ts';

/** What a generated call may come to. */
export const situations = [
  'draft kept',
  'resumed',
  'changed text',
  'cut thinking',
  'cut speaking',
  'paused and resumed',
  'ignored',
  'reconnect',
  'illegal',
] as const;

export type Situation = (typeof situations)[number];

/** How many calls came to each. */
export type Coverage = Readonly<Record<Situation, number>>;

/** What a call came to. */
export function reached(scenario: Scenario, { events }: Result): ReadonlySet<Situation> {
  const found = new Set<Situation>();
  const sounded = new Set<number>();
  for (const event of events) {
    switch (event.type) {
      case 'ReplyStarted':
        if (event.drafted) found.add('draft kept');
        break;
      case 'DraftDropped':
        if (event.reason === 'resumed') found.add('resumed');
        if (event.reason === 'changed') found.add('changed text');
        break;
      case 'SpeechStarted':
        sounded.add(event.reply);
        break;
      case 'BargeIn':
        found.add('cut speaking');
        break;
      case 'ReplyEnded':
        if (event.interrupted && !sounded.has(event.reply)) found.add('cut thinking');
        break;
      case 'SpeechResumed':
        found.add('paused and resumed');
        break;
      case 'TurnIgnored':
        found.add('ignored');
        break;
      case 'Reconnected':
        found.add('reconnect');
        break;
      default:
    }
  }
  if (!isLegal(scenario)) found.add('illegal');
  return found;
}

/** Whether each connection's rows are what Flux may send (flux.md §5). */
function isLegal({ flux = [] }: Scenario): boolean {
  let open: { readonly turn: number; eager: string | undefined } | undefined;
  let next = 0;
  return flux.every((row) => {
    if (!isTurnRow(row)) {
      open = undefined;
      next = 0;
      return true;
    }
    const { event, turn_index: turn, transcript } = row.message;
    if (turn !== (open?.turn ?? next) || transcript === '') return false;
    if (event === 'StartOfTurn') {
      if (open) return false;
      open = { turn, eager: undefined };
      return true;
    }
    if (!open) return false;
    const { eager } = open;
    if (event === 'TurnResumed') open.eager = undefined;
    if (event === 'EagerEndOfTurn') open.eager = transcript;
    if (event === 'EndOfTurn') {
      open = undefined;
      next = turn + 1;
    }
    if (event === 'TurnResumed') return eager !== undefined;
    return event === 'EagerEndOfTurn' ? eager === undefined : eager === undefined || equivalent(eager, transcript);
  });
}
