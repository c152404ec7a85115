import type { DropReason } from '../events.ts';
import type { Timed } from './latency.ts';
import { OpenReply, type Entry } from './openReply.ts';
import { Recent } from '../core/recent.ts';

/** A number of drafts or replies and their cost: tokens received from the model, characters sent to the voice. */
export interface Cost {
  readonly count: number;
  readonly tokens: number;
  readonly characters: number;
}

/** The costs and gains of drafts so far. */
export interface Ledger {
  /** Drafts started. */
  readonly started: number;
  /** Drafts that became the reply. */
  readonly kept: Cost;
  /** Dropped drafts, by reason. */
  readonly dropped: Readonly<Record<DropReason, Cost>>;
  /** Replies that were asked for at the end of the turn. */
  readonly asked: Cost;
  /** Lines that answer no turn: a greeting, `say`. */
  readonly said: Cost;
  /** All of these together. */
  readonly all: Cost;
  /**
   * Saved to keep a budget (`speculateWithin`): `drafts` of answered turns were not started; `speech` of so many drafts, counted
   * in `started` too, waited for the end of the turn.
   */
  readonly shed: { readonly drafts: number; readonly speech: number };
  /** The time won on all turns together, and the number of these turns. */
  readonly wonMs: number;
  readonly won: number;
  /** The latest entry. */
  readonly latest?: Entry;
}

const nothing: Cost = { count: 0, tokens: 0, characters: 0 };

/** Keeps the `ledger`, one event at a time. Not exported from `sluice`. */
export class Bookkeeper {
  /** The ledger so far; a new object after each change. */
  ledger: Ledger = {
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
  readonly #open = new Recent<number, OpenReply>();

  see(event: Timed): void {
    switch (event.type) {
      case 'DraftStarted':
        this.#open.set(event.reply, new OpenReply(event.at));
        this.ledger = { ...this.ledger, started: this.ledger.started + 1 };
        if (event.unspoken) this.#shed({ speech: 1 });
        break;
      case 'DraftDropped': {
        const { reply, turn, reason, tokens, characters } = event;
        const entry = { reply, turn, fate: reason, tokens, characters, wonMs: null };
        const { dropped } = this.ledger;
        this.#enter(entry, { dropped: { ...dropped, [reason]: plus(dropped[reason], entry) } });
        break;
      }
      case 'ReplyStarted': {
        if (event.shed !== undefined) this.#shed({ drafts: event.shed });
        const draft = event.drafted ? this.#open.get(event.reply) : undefined;
        this.#open.set(event.reply, draft ?? new OpenReply()).start(event);
        break;
      }
      case 'Token':
      case 'Sentence':
      case 'AudioStarted':
      case 'SpeechStarted':
        this.#open.get(event.reply)?.add(event);
        break;
      case 'ReplyEnded': {
        const entry = this.#open.get(event.reply)?.entry(event.reply);
        if (entry) this.#enter(entry, { [entry.fate]: plus(this.ledger[entry.fate], entry) });
        break;
      }
      default:
    }
  }

  #shed({ drafts = 0, speech = 0 }: Partial<Ledger['shed']>): void {
    const { shed } = this.ledger;
    this.ledger = { ...this.ledger, shed: { drafts: shed.drafts + drafts, speech: shed.speech + speech } };
  }

  #enter(latest: Entry, costs: Partial<Ledger>): void {
    this.#open.delete(latest.reply);
    const { wonMs } = latest;
    const { ledger } = this;
    const won = { wonMs: ledger.wonMs + (wonMs ?? 0), won: ledger.won + (wonMs === null ? 0 : 1) };
    this.ledger = { ...ledger, ...costs, all: plus(ledger.all, latest), ...won, latest };
  }
}

const plus = ({ count, tokens, characters }: Cost, entry: Entry): Cost => ({
  count: count + 1,
  tokens: tokens + entry.tokens,
  characters: characters + entry.characters,
});
