import type { AgentEvent, ReplyEnded } from '../../../operators/events.ts';
import { equivalent } from '../../../operators/turns/equivalent.ts';
import type { Scenario } from '../../emulator/scenario/scenario.ts';
import type { Result } from '../result.ts';
import { isTurnRow } from './turnStory.ts';

const isCancelled = ({ reply, interrupted }: ReplyEnded, events: readonly AgentEvent[]) =>
  interrupted && !events.some((event) => event.type === 'SpeechStarted' && event.reply === reply);

/** The events that show a situation. */
const signs = {
  'draft kept': (event) => event.type === 'ReplyStarted' && event.drafted,
  resumed: (event) => event.type === 'DraftDropped' && event.reason === 'resumed',
  'changed text': (event) => event.type === 'DraftDropped' && event.reason === 'changed',
  'cut thinking': (event, events) => event.type === 'ReplyEnded' && isCancelled(event, events),
  'cut speaking': ({ type }) => type === 'BargeIn',
  'paused and resumed': ({ type }) => type === 'SpeechResumed',
  ignored: ({ type }) => type === 'TurnIgnored',
  reconnect: ({ type }) => type === 'Reconnected',
} as const satisfies Record<string, (event: AgentEvent, events: readonly AgentEvent[]) => boolean>;

export type Situation = keyof typeof signs | 'illegal';

/** The situations by which generated calls are counted. */
export const situations = [...Object.keys(signs), 'illegal'] as readonly Situation[];

/** The number of calls that reached each situation. */
export type Coverage = Readonly<Record<Situation, number>>;

/** The situations that a call reached. */
export function reached(scenario: Scenario, { events }: Result): ReadonlySet<Situation> {
  const shown = Object.entries(signs).filter(([, isSign]) => events.some((event) => isSign(event, events)));
  return new Set([...shown.map(([situation]) => situation as Situation), ...(isLegal(scenario) ? [] : (['illegal'] as const))]);
}

/** Whether Flux may send these rows (docs/wire/flux.md §5). */
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
    if (event === 'TurnResumed' || event === 'EagerEndOfTurn') {
      open.eager = event === 'TurnResumed' ? undefined : transcript;
      return (eager === undefined) === (event === 'EagerEndOfTurn');
    }
    if (event === 'EndOfTurn') {
      open = undefined;
      next = turn + 1;
    }
    return eager === undefined || equivalent(eager, transcript);
  });
}
