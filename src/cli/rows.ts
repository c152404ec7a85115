import { isCancelled } from '../../operators/call/isCancelled.ts';
import type { AgentEvent, DropReason, IgnoreReason, ReplyEnded } from '../../operators/events.ts';
import type { Colors } from './colors.ts';
import { clock, count, pad, seconds, wrap } from './terminalText.ts';
import { withoutControlCharacters } from './withoutControlCharacters.ts';

interface Row {
  readonly what: string;
  readonly confidence?: number;
  readonly words?: string;
  readonly color?: keyof Colors & ('dim' | 'bold' | 'cyan' | 'green' | 'yellow' | 'magenta' | 'red');
}

const dropped: Readonly<Record<DropReason, string>> = {
  resumed: 'the caller went on',
  changed: 'the turn ended with other words',
  superseded: 'a newer draft replaced it',
  timeout: 'the turn did not end in time',
  failed: 'the model or the voice failed',
  started: 'the next turn began',
  closed: 'the call ended',
};

const ignored: Readonly<Record<IgnoreReason, string>> = {
  empty: 'it has no words',
  backchannel: 'it is only a word of assent',
  minWords: 'it has too few words to interrupt the agent',
  minDurationMs: 'it is too short to interrupt the agent',
  echo: 'it repeats the words of the agent',
  lost: 'the connection broke during it',
  unfinished: 'it never ended',
};

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
    const row = this.#row(event);
    return row ? this.#lines(event.at, row) : [];
  }

  #row(event: AgentEvent): Row | undefined {
    switch (event.type) {
      case 'Connected':
        return { what: 'connected', words: `request ${event.requestId}`, color: 'dim' };
      case 'Reconnected':
        return { what: 'reconnected', words: `after ${event.gapMs} ms, ${event.droppedMs} ms of audio lost`, color: 'yellow' };
      case 'Warning':
        return { what: 'warning', words: `${event.stage}: ${event.message}`, color: 'yellow' };
      case 'Failure': {
        const goesOn = event.recovered ? ' The call goes on.' : '';
        return { what: 'FAILURE', words: `${event.stage}: ${event.message}${goesOn}`, color: 'red' };
      }
      case 'StartOfTurn':
        return { what: 'turn starts', confidence: event.confidence, words: event.transcript, color: 'cyan' };
      case 'EagerEndOfTurn':
        return { what: 'turn may be over', confidence: event.confidence, words: event.transcript, color: 'cyan' };
      case 'TurnResumed':
        return { what: 'turn goes on', confidence: event.confidence, words: event.transcript, color: 'cyan' };
      case 'EndOfTurn':
        this.#endedAt.set(event.turn, event.at);
        return { what: 'TURN IS OVER', confidence: event.confidence, words: event.transcript, color: 'cyan' };
      case 'TurnIgnored':
        return { what: 'turn ignored', words: ignored[event.reason], color: 'yellow' };
      case 'TurnLost':
        return { what: 'turn lost', words: 'the connection broke; its audio is sent again', color: 'yellow' };
      case 'Idle':
        return { what: 'silence', words: 'nobody has spoken for a while', color: 'dim' };
      default:
        return this.#replyRow(event);
    }
  }

  #replyRow(event: AgentEvent): Row | undefined {
    switch (event.type) {
      case 'DraftStarted':
        return { what: `draft ${event.reply} started`, words: 'in case the turn is over', color: 'dim' };
      case 'DraftDropped': {
        const cost = `${count(event.tokens, 'token')}, ${count(event.characters, 'character')} of speech`;
        return { what: `draft ${event.reply} dropped`, words: `${dropped[event.reason]}; it had cost ${cost}`, color: 'yellow' };
      }
      case 'ReplyStarted':
        if (event.turn !== undefined) this.#turnOf.set(event.reply, event.turn);
        return event.drafted
          ? { what: `draft ${event.reply} kept`, words: 'it is the reply', color: 'dim' }
          : { what: `reply ${event.reply} started`, color: 'dim' };
      case 'SpeechStarted':
        return { what: 'agent speaks', words: this.#delay(event.reply, event.at), color: 'green' };
      case 'SpeechPaused':
        return { what: 'agent pauses', color: 'green' };
      case 'SpeechResumed':
        return { what: 'agent goes on', color: 'green' };
      case 'BargeIn': {
        const words = `the caller interrupts reply ${event.reply} after ${seconds(event.heardMs)}`;
        return { what: 'BARGE-IN', words, color: 'magenta' };
      }
      case 'ReplyEnded':
        this.#turnOf.delete(event.reply);
        return ended(event);
      default:
        return undefined;
    }
  }

  #delay(reply: number, at: number): string {
    const ended = this.#endedAt.get(this.#turnOf.get(reply) ?? '');
    return ended === undefined ? `reply ${reply}` : `reply ${reply}, ${Math.round(at - ended)} ms after the end of the turn`;
  }

  #lines(at: number, { what, confidence, words = '', color = 'bold' }: Row): readonly string[] {
    const colors = this.#colors;
    const time = colors.dim(clock(at).padStart(timeWidth));
    const sure = colors.dim((confidence?.toFixed(2) ?? '').padStart(confidenceWidth));
    const [first = '', ...rest] = wrap(withoutControlCharacters(words), this.#width() - indent);
    const head = [time, colors[color](pad(what, whatWidth)), sure, colors[color](first)].join(gap);
    return [head.trimEnd(), ...rest.map((line) => ' '.repeat(indent) + colors[color](line))];
  }
}

function ended(reply: ReplyEnded): Row {
  const { text, heard, interrupted } = reply;
  if (isCancelled(reply)) return { what: 'reply cancelled', words: 'before any of it was heard', color: 'yellow' };
  if (heard === '') return { what: 'agent, unheard', words: text === '' ? '(nothing)' : text, color: 'yellow' };
  if (!interrupted) return { what: 'agent said', words: heard, color: 'green' };
  const unheard = text.startsWith(heard) ? text.slice(heard.length).trim() : '';
  return { what: 'agent said', words: `${heard} --${unheard === '' ? '' : ` (unheard: ${unheard})`}`, color: 'green' };
}
