import { defer, mergeMap, type OperatorFunction } from 'rxjs';
import cliTruncate from 'cli-truncate';
import type { AgentEvent } from '../../operators/events.ts';
import type { Colors } from './colors.ts';
import { Rows } from './rows.ts';
import { clock, withoutControlCharacters } from './terminalText.ts';

/** Text for the terminal: a line that stays, or the live line at the bottom, which each new one replaces. */
export interface Shown {
  readonly type: 'line' | 'live';
  readonly text: string;
}

export interface LiveViewConfig {
  readonly colors: Colors;
  /** The columns of the terminal, read again for each line. */
  readonly width: () => number;
  /** The duration of the caller's audio. */
  readonly totalMs: number;
}

/**
 * Turns the events of a call into lines, and into a live line with the words being spoken: the caller's as they are recognised, the
 * agent's as they are heard. Some events have no line.
 *
 *     events    -s-u---E----R-h-h-X-|      s: StartOfTurn, u: Update, E: EndOfTurn, R: SpeechStarted, h: Heard, X: ReplyEnded
 *     result    -l-v---l----l-v-v-l-|      l: line (and v), v: live
 */
export function liveView({ colors, width, totalMs }: LiveViewConfig): OperatorFunction<AgentEvent, Shown> {
  return (events) =>
    defer(() => {
      const rows = new Rows(colors, width);
      let speaking: Speaking = { who: 'listening', words: '' };
      return events.pipe(
        mergeMap((event) => {
          speaking = speakingAfter(event, speaking);
          const lines = rows.of(event).map((text): Shown => ({ type: 'line', text }));
          const head = `${clock(event.at).padStart(7)} / ${clock(totalMs)}  ${speaking.who}`;
          const columns = Math.max(1, width() - 1);
          const room = columns - head.length - 2;
          const words = room > 0 ? cliTruncate(withoutControlCharacters(speaking.words), room, { position: 'start' }) : '';
          const live: Shown = { type: 'live', text: `${colors.dim(head.slice(0, columns))}  ${words}`.trimEnd() };
          return [...lines, live];
        }),
      );
    });
}

interface Speaking {
  readonly who: 'listening' | 'caller' | 'thinking' | 'agent';
  readonly words: string;
}

function speakingAfter(event: AgentEvent, before: Speaking): Speaking {
  switch (event.type) {
    case 'StartOfTurn':
    case 'Update':
    case 'EagerEndOfTurn':
    case 'TurnResumed':
      return event.transcript === '' ? before : { who: 'caller', words: event.transcript };
    case 'EndOfTurn':
      return { who: 'thinking', words: '' };
    case 'SpeechStarted':
      return { who: 'agent', words: '' };
    case 'Heard':
      return { who: 'agent', words: event.text };
    case 'ReplyEnded':
    case 'TurnIgnored':
      return before.who === 'caller' ? before : { who: 'listening', words: '' };
    default:
      return before;
  }
}
