import type { AgentEvent } from '../../operators/events.ts';
import { changed, withDefaults } from '../agent/options.ts';
import { inWords, policyInWords } from './inWords.ts';
import { isKind } from './file/lines.ts';
import type { Recorded } from './file/readRecording.ts';
import { eventsOf } from './replay/replay.ts';

/** An event of a recording, and why it came to be. */
export interface Cause {
  readonly event: AgentEvent;
  /** What happened, in plain words. */
  readonly text: string;
  /** The policy that let it happen, where one did. */
  readonly policy?: string;
}

/** What a policy decides. */
export const decided: ReadonlySet<AgentEvent['type']> = new Set(['BargeIn', 'SpeechPaused', 'SpeechResumed', 'TurnIgnored']);

/**
 * What led to an event of a recording: itself first, then its cause, the cause of that, and so on. Nothing if there is no such
 * event. Where a line of a cause is missing, for the recording is damaged, the chain ends.
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

/** The policy in force then, in words: that of the options, as controls changed it. */
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
