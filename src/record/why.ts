import type { AgentEvent } from '../../operators/events.ts';
import { changed, withDefaults } from '../agent/options.ts';
import { inWords, policyInWords } from './inWords.ts';
import { isKind } from './file/lines.ts';
import type { Recorded } from './file/readRecording.ts';
import { eventsOf } from './replay/replay.ts';

/** An event that led to another, or the event itself. */
export interface Cause {
  readonly event: AgentEvent;
  /** The event in plain words. */
  readonly text: string;
  /** The policy that decided it, if a policy did. */
  readonly policy?: string;
}

/** The events that a policy decides. */
export const decided: ReadonlySet<AgentEvent['type']> = new Set(['BargeIn', 'SpeechPaused', 'SpeechResumed', 'TurnIgnored']);

/**
 * Gives an event of a recording, its cause, the cause of that, and so on. Empty if there is no such event. The chain ends early where
 * the line of a cause is missing from a damaged recording.
 */
export function why(recording: Recorded, id: number): readonly Cause[] {
  const events = new Map(eventsOf(recording.lines).map((event) => [event.id, event]));
  const chain: Cause[] = [];
  const seen = new Set<number>();
  for (let event = events.get(id); event && !seen.has(event.id); event = events.get(event.cause ?? NaN)) {
    seen.add(event.id);
    const policy = decided.has(event.type) ? { policy: policyAt(recording, event.at) } : {};
    chain.push({ event, text: inWords(event), ...policy });
  }
  return chain;
}

/** Describes the policy at a time: that of the options, as changed by controls. */
export function policyAt({ header, lines }: Pick<Recorded, 'header' | 'lines'>, at: number): string {
  const { bargeIn } = lines
    .filter((line) => isKind(line, 'control'))
    .filter((line) => line.at <= at)
    .reduce(
      (options, { control }) => ('set' in control ? changed(options, control.set) : options),
      withDefaults(header.options.agent ?? {}),
    );
  return policyInWords(bargeIn);
}
