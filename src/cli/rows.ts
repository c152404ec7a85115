import type { AgentEvent, DropReason, IgnoreReason } from '../../operators/events.ts';
import { clock, count, legible, pad, seconds, wrap, type Colors } from './paint.ts';

/** A line of the call: when, what, how sure, and the words. */
interface Row {
  readonly what: string;
  readonly sure?: number;
  readonly words?: string;
  readonly paint?: keyof Colors & ('dim' | 'bold' | 'cyan' | 'green' | 'yellow' | 'magenta' | 'red');
}

const dropped: Readonly<Record<DropReason, string>> = {
  resumed: 'the caller went on',
  changed: 'the turn ended with other words',
  superseded: 'a newer draft took its place',
  timeout: 'the turn did not end in time',
  failed: 'it could not be made',
  started: 'the next turn began',
  closed: 'the call ended',
};

const ignored: Readonly<Record<IgnoreReason, string>> = {
  empty: 'no words in it',
  backchannel: 'only a word of assent',
  minWords: 'too few words to interrupt',
  minDurationMs: 'too short to interrupt',
  echo: 'the words of the agent itself',
  lost: 'the connection broke in it',
  unfinished: 'it never ended',
};

const timeWidth = 7;
const whatWidth = 17;
const sureWidth = 4;
const gap = '  ';
const indent = timeWidth + whatWidth + sureWidth + 3 * gap.length;

/** Turns events into the rows of the terminal: what happened, in words. Events that need no row give none. */
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
        return { what: 'listening', words: `request ${event.requestId}`, paint: 'dim' };
      case 'Reconnected':
        return { what: 'reconnected', words: `after ${event.gapMs} ms, ${event.droppedMs} ms of audio lost`, paint: 'yellow' };
      case 'Warning':
        return { what: 'warning', words: `${event.stage}: ${event.message}`, paint: 'yellow' };
      case 'Failure':
        return {
          what: 'FAILURE',
          words: `${event.stage}: ${event.message}${event.recovered ? ' The call goes on.' : ''}`,
          paint: 'red',
        };
      case 'StartOfTurn':
        return { what: 'turn starts', sure: event.confidence, words: event.transcript, paint: 'cyan' };
      case 'EagerEndOfTurn':
        return { what: 'turn may be over', sure: event.confidence, words: event.transcript, paint: 'cyan' };
      case 'TurnResumed':
        return { what: 'turn goes on', sure: event.confidence, words: event.transcript, paint: 'cyan' };
      case 'EndOfTurn':
        this.#endedAt.set(event.turn, event.at);
        return { what: 'TURN IS OVER', sure: event.confidence, words: event.transcript, paint: 'cyan' };
      case 'TurnIgnored':
        return { what: 'turn ignored', words: ignored[event.reason], paint: 'yellow' };
      case 'TurnLost':
        return { what: 'turn lost', words: 'the connection broke; the caller is heard again', paint: 'yellow' };
      case 'Idle':
        return { what: 'silence', words: 'the caller says nothing', paint: 'dim' };
      default:
        return this.#replyRow(event);
    }
  }

  #replyRow(event: AgentEvent): Row | undefined {
    switch (event.type) {
      case 'DraftStarted':
        return { what: `draft ${event.reply} begun`, words: 'in case the turn is over', paint: 'dim' };
      case 'DraftDropped': {
        const cost = `${count(event.tokens, 'token')}, ${count(event.characters, 'character')} of speech`;
        return { what: `draft ${event.reply} dropped`, words: `${dropped[event.reason]}; it had cost ${cost}`, paint: 'yellow' };
      }
      case 'ReplyStarted':
        if (event.turn !== undefined) this.#turnOf.set(event.reply, event.turn);
        return event.drafted
          ? { what: `draft ${event.reply} kept`, words: 'it is the reply', paint: 'dim' }
          : { what: `reply ${event.reply} begun`, paint: 'dim' };
      case 'SpeechStarted':
        return { what: 'agent speaks', words: this.#delay(event.reply, event.at), paint: 'green' };
      case 'SpeechPaused':
        return { what: 'agent pauses', paint: 'green' };
      case 'SpeechResumed':
        return { what: 'agent goes on', paint: 'green' };
      case 'BargeIn':
        return {
          what: 'BARGE-IN',
          words: `the caller cuts in after ${seconds(event.heardMs)} of reply ${event.reply}`,
          paint: 'magenta',
        };
      case 'ReplyEnded':
        this.#turnOf.delete(event.reply);
        return ended(event);
      default:
        return undefined;
    }
  }

  #delay(reply: number, at: number): string {
    const turn = this.#turnOf.get(reply);
    const ended = turn === undefined ? undefined : this.#endedAt.get(turn);
    return ended === undefined ? `reply ${reply}` : `reply ${reply}, ${Math.round(at - ended)} ms after the turn was over`;
  }

  #lines(at: number, { what, sure, words = '', paint = 'bold' }: Row): readonly string[] {
    const colors = this.#colors;
    const time = colors.dim(clock(at).padStart(timeWidth));
    const confidence = colors.dim((sure?.toFixed(2) ?? '').padStart(sureWidth));
    const [first = '', ...rest] = wrap(legible(words), this.#width() - indent);
    const head = [time, colors[paint](pad(what, whatWidth)), confidence, colors[paint](first)].join(gap);
    return [head.trimEnd(), ...rest.map((line) => ' '.repeat(indent) + colors[paint](line))];
  }
}

function ended({ text, heard, heardMs, interrupted }: Extract<AgentEvent, { type: 'ReplyEnded' }>): Row {
  if (interrupted && heardMs === 0)
    return { what: 'reply cancelled', words: 'the caller went on before a sound of it', paint: 'yellow' };
  if (heardMs === 0) return { what: 'agent, unheard', words: text === '' ? '(nothing)' : text, paint: 'yellow' };
  if (!interrupted) return { what: 'agent said', words: heard, paint: 'green' };
  const unheard = text.startsWith(heard) ? text.slice(heard.length).trim() : '';
  return { what: 'agent said', words: `${heard} --${unheard === '' ? '' : ` (unheard: ${unheard})`}`, paint: 'green' };
}
