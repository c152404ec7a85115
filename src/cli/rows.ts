import { isCancelled } from '../../operators/call/isCancelled.ts';
import type { AgentEvent, ReplyEnded, TurnEvent } from '../../operators/events.ts';
import { dropReasons, ignoreReasons, type EventOf } from '../record/inWords.ts';
import type { Colors } from './colors.ts';
import { clock, count, pad, seconds, withoutControlCharacters, wrap } from './terminalText.ts';

interface Row {
  readonly what: string;
  readonly confidence?: number;
  readonly words?: string;
  readonly color?: keyof Colors & ('dim' | 'bold' | 'cyan' | 'green' | 'yellow' | 'magenta' | 'red');
}

const timeWidth = 7;
const whatWidth = 17;
const confidenceWidth = 4;
const gap = '  ';
const indent = timeWidth + whatWidth + confidenceWidth + 3 * gap.length;

/** Turns events into rows for the terminal: time, event, confidence, words. Some events have no row. */
export class Rows {
  readonly #colors: Colors;
  readonly #width: () => number;
  readonly #endedAt = new Map<string, number>();
  readonly #turnOf = new Map<number, string>();

  constructor(colors: Colors, width: () => number) {
    this.#colors = colors;
    this.#width = width;
  }

  of(event: AgentEvent): readonly string[] {
    if (event.type === 'EndOfTurn') this.#endedAt.set(event.turn, event.at);
    if (event.type === 'ReplyStarted' && event.turn !== undefined) this.#turnOf.set(event.reply, event.turn);
    if (event.type === 'ReplyEnded') this.#turnOf.delete(event.reply);
    const row = (rowOf[event.type] as ((event: AgentEvent) => Row) | undefined)?.(event);
    if (!row) return [];
    return this.#lines(event.at, event.type === 'SpeechStarted' ? { ...row, words: this.#delay(event.reply, event.at) } : row);
  }

  #delay(reply: number, at: number): string {
    const ended = this.#endedAt.get(this.#turnOf.get(reply) ?? '');
    return ended === undefined ? `reply ${reply}` : `reply ${reply}, ${Math.round(at - ended)} ms after the end of the turn`;
  }

  #lines(at: number, { what, confidence, words = '', color = 'bold' }: Row): readonly string[] {
    const colors = this.#colors;
    const time = colors.dim(clock(at).padStart(timeWidth));
    const share = colors.dim((confidence?.toFixed(2) ?? '').padStart(confidenceWidth));
    const [first = '', ...rest] = wrap(withoutControlCharacters(words), this.#width() - indent);
    const head = [time, colors[color](pad(what, whatWidth)), share, colors[color](first)].join(gap);
    return [head.trimEnd(), ...rest.map((line) => ' '.repeat(indent) + colors[color](line))];
  }
}

type RowOf = { readonly [K in AgentEvent['type']]?: (event: EventOf<K>) => Row };

const caller =
  (what: string) =>
  (event: TurnEvent): Row => ({
    what,
    confidence: event.confidence,
    words: event.transcript,
    color: 'cyan',
  });

const rowOf: RowOf = {
  Connected: ({ requestId }) => ({ what: 'connected', words: `request ${requestId}`, color: 'dim' }),
  Reconnected: ({ gapMs, droppedMs }) => ({
    what: 'reconnected',
    words: `after ${gapMs} ms, ${droppedMs} ms of audio lost`,
    color: 'yellow',
  }),
  Warning: ({ stage, message }) => ({ what: 'warning', words: `${stage}: ${message}`, color: 'yellow' }),
  Failure: ({ stage, message, recovered }) => ({
    what: 'FAILURE',
    words: `${stage}: ${message}${recovered ? ' The call goes on.' : ''}`,
    color: 'red',
  }),
  StartOfTurn: caller('turn starts'),
  EagerEndOfTurn: caller('turn may be over'),
  TurnResumed: caller('turn goes on'),
  EndOfTurn: caller('TURN IS OVER'),
  TurnIgnored: ({ reason }) => ({ what: 'turn ignored', words: ignoreReasons[reason], color: 'yellow' }),
  TurnLost: () => ({ what: 'turn lost', words: 'the connection broke; its audio is sent again', color: 'yellow' }),
  Idle: () => ({ what: 'silence', words: 'nobody has spoken for a while', color: 'dim' }),
  DraftStarted: ({ reply }) => ({ what: `draft ${reply} started`, words: 'in case the turn is over', color: 'dim' }),
  DraftDropped: ({ reply, reason, tokens, characters }) => ({
    what: `draft ${reply} dropped`,
    words: `${dropReasons[reason]}; it had cost ${count(tokens, 'token')}, ${count(characters, 'character')} of speech`,
    color: 'yellow',
  }),
  ReplyStarted: ({ reply, drafted }) =>
    drafted
      ? { what: `draft ${reply} kept`, words: 'it is the reply', color: 'dim' }
      : { what: `reply ${reply} started`, color: 'dim' },
  SpeechStarted: () => ({ what: 'agent speaks', color: 'green' }),
  SpeechPaused: () => ({ what: 'agent pauses', color: 'green' }),
  SpeechResumed: () => ({ what: 'agent goes on', color: 'green' }),
  BargeIn: ({ reply, heardMs }) => ({
    what: 'BARGE-IN',
    words: `the caller interrupts reply ${reply} after ${seconds(heardMs)}`,
    color: 'magenta',
  }),
  ReplyEnded: ended,
};

function ended(reply: ReplyEnded): Row {
  const { text, heard, interrupted } = reply;
  if (isCancelled(reply)) return { what: 'reply cancelled', words: 'before any of it was heard', color: 'yellow' };
  if (heard === '') return { what: 'agent, unheard', words: text === '' ? '(nothing)' : text, color: 'yellow' };
  if (!interrupted) return { what: 'agent said', words: heard, color: 'green' };
  const unheard = text.startsWith(heard) ? text.slice(heard.length).trim() : '';
  return { what: 'agent said', words: `${heard} --${unheard === '' ? '' : ` (unheard: ${unheard})`}`, color: 'green' };
}
