import type { DraftStarted, ReplyMoment, ReplySentence, ReplyStarted, ReplyToken } from '../events.ts';
import type { Timed } from './latency.ts';
import type { Cost, Entry, Fate, Ledger } from './ledger.ts';
import { Recent } from '../core/recent.ts';

/** A draft or a reply that is not over. */
interface Open {
  readonly turn: string | undefined;
  readonly fate: 'draft' | Fate;
  /** When its draft started; when it became a reply. */
  readonly drafted: number | undefined;
  readonly started: number | undefined;
  tokens: number;
  characters: number;
  firstToken: number | undefined;
  firstSentence: number | undefined;
  firstAudio: number | undefined;
  firstSound: number | undefined;
}

const nothing: Cost = { count: 0, tokens: 0, characters: 0 };

const empty: Ledger = {
  started: 0,
  kept: nothing,
  dropped: {
    resumed: nothing,
    changed: nothing,
    superseded: nothing,
    timeout: nothing,
    failed: nothing,
    started: nothing,
    closed: nothing,
  },
  asked: nothing,
  said: nothing,
  all: nothing,
  shed: { drafts: 0, speech: 0 },
  wonMs: 0,
  won: 0,
};

/** `ledger` event by event. */
export class Bookkeeper {
  /** What it has come to so far; another one after each change. */
  ledger = empty;
  readonly #opened = new Recent<number, Open>();

  /** Takes note of an event; true if the ledger changed. */
  see(event: Timed): boolean {
    const { at } = event;
    switch (event.type) {
      case 'DraftStarted':
        this.#draft(event, at);
        return true;
      case 'DraftDropped': {
        const { turn, reply, reason, tokens, characters } = event;
        this.#enter({ reply, turn, fate: reason, tokens, characters, wonMs: null });
        return true;
      }
      case 'ReplyStarted':
        this.#start(event, at);
        return event.shed !== undefined;
      case 'Token':
      case 'Sentence':
      case 'AudioStarted':
      case 'SpeechStarted': {
        const one = this.#opened.get(event.reply);
        if (one) note(one, event);
        return false;
      }
      case 'ReplyEnded':
        return this.#end(event.reply);
      default:
        return false;
    }
  }

  #draft({ turn, reply, unspoken }: DraftStarted, at: number): void {
    this.#opened.set(reply, open(turn, 'draft', at));
    this.ledger = { ...this.ledger, started: this.ledger.started + 1 };
    if (unspoken) this.#shed({ speech: 1 });
  }

  #start({ reply, turn, drafted, shed = 0 }: ReplyStarted, at: number): void {
    if (shed > 0) this.#shed({ drafts: shed });
    const draft = drafted ? this.#opened.get(reply) : undefined;
    const fate = drafted ? 'kept' : turn === undefined ? 'said' : 'asked';
    this.#opened.set(reply, { ...(draft ?? open(turn, fate)), turn, fate, started: at });
  }

  #shed({ drafts = 0, speech = 0 }: Partial<Ledger['shed']>): void {
    const { shed } = this.ledger;
    this.ledger = { ...this.ledger, shed: { drafts: shed.drafts + drafts, speech: shed.speech + speech } };
  }

  #end(reply: number): boolean {
    const one = this.#opened.get(reply);
    if (!one || one.fate === 'draft') return false;
    const { turn, fate, tokens, characters } = one;
    this.#enter({ reply, ...(turn !== undefined && { turn }), fate, tokens, characters, wonMs: wonBy(one) });
    return true;
  }

  #enter(latest: Entry): void {
    this.#opened.delete(latest.reply);
    const { fate, wonMs } = latest;
    const { ledger } = this;
    const all = plus(ledger.all, latest);
    const won = { wonMs: ledger.wonMs + (wonMs ?? 0), won: ledger.won + (wonMs === null ? 0 : 1) };
    const entered =
      fate === 'kept' || fate === 'asked' || fate === 'said'
        ? { [fate]: plus(ledger[fate], latest) }
        : { dropped: { ...ledger.dropped, [fate]: plus(ledger.dropped[fate], latest) } };
    this.ledger = { ...ledger, ...entered, all, ...won, latest };
  }
}

function open(turn: string | undefined, fate: Open['fate'], drafted?: number): Open {
  const moments = { firstToken: undefined, firstSentence: undefined, firstAudio: undefined, firstSound: undefined };
  return { turn, fate, drafted, started: undefined, tokens: 0, characters: 0, ...moments };
}

function note(one: Open, event: (ReplyToken | ReplySentence | ReplyMoment) & { readonly at: number }): void {
  switch (event.type) {
    case 'Token':
      one.tokens++;
      one.firstToken ??= event.at;
      return;
    case 'Sentence':
      one.characters += event.spoken.length;
      one.firstSentence ??= event.at;
      return;
    case 'AudioStarted':
      one.firstAudio ??= event.at;
      return;
    case 'SpeechStarted':
      one.firstSound ??= event.at;
  }
}

const plus = ({ count, tokens, characters }: Cost, entry: Entry): Cost => ({
  count: count + 1,
  tokens: tokens + entry.tokens,
  characters: characters + entry.characters,
});

/** How much later it would have been heard, had it been asked for only when it became the reply. */
function wonBy({ drafted, started, firstToken, firstSentence, firstAudio, firstSound }: Open): number | null {
  if (drafted === undefined || started === undefined || firstSentence === undefined || firstSound === undefined) return null;
  const ahead = started - drafted;
  if (firstSentence > started) return ahead;
  const ready = firstSentence < started ? firstAudio : firstToken;
  return ready === undefined ? null : Math.min(ahead, ready - drafted);
}
