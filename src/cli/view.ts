import { defer, mergeMap, type OperatorFunction } from 'rxjs';
import cliTruncate from 'cli-truncate';
import type { AgentEvent } from '../../operators/events.ts';
import { clock, legible, type Colors } from './paint.ts';
import { Rows } from './rows.ts';

/** What the terminal is to show: a line for good, or the line at the bottom that is written over. */
export interface Shown {
  readonly type: 'line' | 'live';
  readonly text: string;
}

export interface ViewConfig {
  readonly colors: Colors;
  /** Columns of the terminal, asked anew for each line. */
  readonly width: () => number;
  /** How long the caller's audio takes. */
  readonly totalMs: number;
}

/**
 * The call as it happens, in lines; and in place what is being said: the caller's words as they are understood, the agent's
 * as they are heard. Events that need no line give none.
 *
 *     events    -s-u---E----R-h-h-X-|      s: StartOfTurn, u: Update, E: EndOfTurn, R: SpeechStarted, h: Heard, X: ReplyEnded
 *     result    -l-v---l----l-v-v-l-|      l: line (and v), v: live
 */
export function view({ colors, width, totalMs }: ViewConfig): OperatorFunction<AgentEvent, Shown> {
  return (events) =>
    defer(() => {
      const rows = new Rows(colors, width);
      const speaking = new Speaking();
      return events.pipe(
        mergeMap((event) => {
          const lines = rows.of(event).map((text): Shown => ({ type: 'line', text }));
          const now = speaking.after(event);
          const head = `${clock(event.at).padStart(7)} / ${clock(totalMs)}  ${now.who}`;
          const most = Math.max(1, width() - 1);
          const room = most - head.length - 2;
          const words = room > 0 ? cliTruncate(legible(now.words), room, { position: 'start' }) : '';
          const live: Shown = { type: 'live', text: `${colors.dim(head.slice(0, most))}  ${words}`.trimEnd() };
          return [...lines, live];
        }),
      );
    });
}

/** Who is being heard, and what of it. */
class Speaking {
  #now = { who: 'listening', words: '' };

  after(event: AgentEvent): { readonly who: string; readonly words: string } {
    switch (event.type) {
      case 'StartOfTurn':
      case 'Update':
      case 'EagerEndOfTurn':
      case 'TurnResumed':
        if (event.transcript !== '') this.#now = { who: 'caller', words: event.transcript };
        break;
      case 'EndOfTurn':
        this.#now = { who: 'thinking', words: '' };
        break;
      case 'SpeechStarted':
        this.#now = { who: 'agent', words: '' };
        break;
      case 'Heard':
        this.#now = { who: 'agent', words: event.text };
        break;
      case 'ReplyEnded':
      case 'TurnIgnored':
        if (this.#now.who !== 'caller') this.#now = { who: 'listening', words: '' };
        break;
      default:
    }
    return this.#now;
  }
}
