import type { AgentEvent, ReplyEnded, Stamp, TurnEvent, TurnIgnored } from '../../../../operators/events.ts';
import type { Picture } from '../picture.ts';
import { Clock } from './clock.ts';
import { bytesOf } from './bytes.ts';
import { Ordered } from './ordered.ts';

export type Of<T extends AgentEvent['type']> = Extract<AgentEvent, { readonly type: T }>;

/** What lasts: from its first moment to its last, in ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A draft, and what became of it; nothing if the call ended before. */
export interface Draft extends Span {
  readonly begun: Of<'DraftStarted'>;
  readonly ended?: Of<'DraftDropped' | 'ReplyStarted'>;
}

/** What a turn may begin with. */
export type Begin = (TurnEvent & Stamp) | Of<'TurnTaken'>;

/** A turn from the first to the last that was said of it. */
export interface Turn extends Span {
  readonly turn: string;
  /** What it came to: the last event with words. */
  readonly last: TurnEvent & Stamp;
  readonly ignored?: TurnIgnored & Stamp;
}

/** The model at work on a reply. */
export interface Writing extends Span {
  readonly reply: number;
}

/** A reply, as it ended; or as far as it had come, if the recording broke off in it. */
export interface Answer extends Span, Pick<ReplyEnded, 'reply' | 'text' | 'heard' | 'interrupted'> {
  readonly turn?: string;
  readonly isOver: boolean;
}

/** How long a reply took, from the end of what it answers on; that is known by the audio, and told by the clock of the call. */
export interface Bracket extends Span {
  readonly event: Of<'Latency'>;
  readonly endOfSpeech: number | null;
}

/** Words with their time on the clock of the call. */
export interface Said extends Span {
  readonly text: string;
}

const turnTypes = ['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn'] as const;
const isTurn = (event: AgentEvent): event is TurnEvent & Stamp => (turnTypes as readonly string[]).includes(event.type);

/** A recorded call, so arranged that what is to be seen of any stretch of it is quickly found. */
export class Call {
  readonly picture: Picture;
  readonly clock: Clock;
  readonly loudness: { readonly stepMs: number; readonly caller: Uint8Array; readonly agent: Uint8Array };
  readonly turns: readonly Turn[];
  /** The first event of each turn. */
  readonly begins: readonly Begin[];
  /** What became of turns: all that Flux said but its updates, and what was never heard. */
  readonly said: readonly AgentEvent[];
  readonly answers: readonly Answer[];
  readonly drafts: Ordered<Draft>;
  readonly writing: Ordered<Writing>;
  readonly latencies: Ordered<Bracket>;
  /** What the caller said, by the audio; what was heard of the agent. */
  readonly words: { readonly caller: Ordered<Said>; readonly agent: Ordered<Said> };
  readonly #byId: ReadonlyMap<number, AgentEvent>;
  readonly #byType = new Map<AgentEvent['type'], AgentEvent[]>();
  readonly #latencies: ReadonlyMap<number, Of<'Latency'>>;
  readonly #found = new Map<string, readonly AgentEvent[]>();
  readonly #effects = new Map<number, AgentEvent[]>();

  constructor(picture: Picture) {
    const { events, loudness, durationMs } = picture;
    this.picture = picture;
    this.clock = new Clock(picture.clock);
    this.loudness = { ...loudness, caller: bytesOf(loudness.caller), agent: bytesOf(loudness.agent) };
    this.#byId = new Map(events.map((event) => [event.id, event]));
    for (const event of events) {
      add(this.#byType, event.type, event);
      if (event.cause !== undefined) add(this.#effects, event.cause, event);
    }
    this.turns = turnsOf(events);
    this.drafts = new Ordered(draftsOf(events, durationMs));
    this.writing = new Ordered(writingOf(events));
    this.begins = beginsOf(this.all('StartOfTurn', 'TurnTaken'));
    const told = this.begins.filter(({ type }) => type === 'TurnTaken');
    this.said = [...this.turnEvents.filter(({ type }) => type !== 'Update'), ...told].toSorted((one, other) => one.id - other.id);
    this.answers = answersOf(events, durationMs);
    this.#latencies = new Map(this.all('Latency').map((event) => [event.reply, event]));
    this.latencies = new Ordered(
      this.all('Latency').map((event) => {
        const endOfSpeech = event.endOfSpeech === null ? null : this.clock.callAt(event.endOfSpeech);
        const at = [endOfSpeech, event.endOfTurn, event.firstSound].filter((ms) => ms !== null);
        return { event, endOfSpeech, from: Math.min(event.at, ...at), to: Math.max(0, ...at) };
      }),
    );
    this.words = { caller: new Ordered(this.turns.flatMap((turn) => this.#spoken(turn))), agent: new Ordered(heardOf(events)) };
  }

  get durationMs(): number {
    return Math.max(1, this.picture.durationMs);
  }

  event(id: number | undefined): AgentEvent | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** How long a reply took. */
  latencyOf(reply: number): Of<'Latency'> | undefined {
    return this.#latencies.get(reply);
  }

  /** The events that an event led to. */
  effects(id: number): readonly AgentEvent[] {
    return this.#effects.get(id) ?? [];
  }

  /** All of some types, in their order. */
  all<T extends AgentEvent['type']>(...types: readonly T[]): readonly Of<T>[] {
    const key = types.join(' ');
    const found =
      this.#found.get(key) ?? types.flatMap((type) => this.#byType.get(type) ?? []).toSorted((one, other) => one.id - other.id);
    this.#found.set(key, found);
    return found as readonly Of<T>[];
  }

  /** All that Flux said of turns. */
  get turnEvents(): readonly (TurnEvent & Stamp)[] {
    return this.all<(typeof turnTypes)[number]>(...turnTypes);
  }

  /** Words of a turn by the clock of the call; all at once where Flux gave them no times. */
  #spoken({ last, from, to }: Turn): readonly Said[] {
    const timed = last.words.filter((word) => word.from !== undefined && word.to !== undefined);
    if (timed.length === 0) return last.transcript.trim() === '' ? [] : [{ text: last.transcript, from, to }];
    return timed.map((word) => ({
      text: word.word,
      from: this.clock.callAt(word.from ?? 0),
      to: this.clock.callAt(word.to ?? 0),
    }));
  }
}

function add<K>(all: Map<K, AgentEvent[]>, key: K, event: AgentEvent): void {
  const known = all.get(key);
  if (known) known.push(event);
  else all.set(key, [event]);
}

function turnsOf(events: readonly AgentEvent[]): readonly Turn[] {
  const turns = new Map<string, Turn>();
  for (const event of events) {
    if (event.type === 'TurnIgnored') {
      const turn = turns.get(event.turn);
      if (turn) turns.set(event.turn, { ...turn, ignored: event });
    }
    if (event.type === 'TurnTaken' && !turns.has(event.turn)) turns.set(event.turn, typed(event));
    if (!isTurn(event) || (event.type === 'Update' && !turns.has(event.turn))) continue;
    const before = turns.get(event.turn);
    const last = before && (event.transcript === '' || event.type === 'Update') ? before.last : event;
    turns.set(event.turn, { ...before, turn: event.turn, from: before?.from ?? event.at, to: event.at, last });
  }
  return [...turns.values()];
}

/** Text that was never heard: typed, or told by the program. */
function typed({ id, at, turn, text }: Of<'TurnTaken'>): Turn {
  const last = { id, at, type: 'EndOfTurn', turn, transcript: text, words: [], confidence: 1, audioEndMs: 0 } as const;
  return { turn, from: at, to: at, last };
}

function draftsOf(events: readonly AgentEvent[], callMs: number): readonly Draft[] {
  const drafts = new Map<number, Draft>();
  for (const event of events) {
    if (event.type === 'DraftStarted') drafts.set(event.reply, { begun: event, from: event.at, to: callMs });
    if (event.type !== 'DraftDropped' && event.type !== 'ReplyStarted') continue;
    const draft = drafts.get(event.reply);
    if (draft && !draft.ended) drafts.set(event.reply, { ...draft, ended: event, to: event.at });
  }
  return [...drafts.values()];
}

function writingOf(events: readonly AgentEvent[]): readonly Writing[] {
  const writing = new Map<number, Writing>();
  for (const event of events) {
    const begins = event.type === 'DraftStarted' || event.type === 'ReplyStarted';
    if (!begins && event.type !== 'Token') continue;
    const before = writing.get(event.reply);
    if (before && begins) continue;
    writing.set(event.reply, { reply: event.reply, from: before?.from ?? event.at, to: event.at });
  }
  return [...writing.values()].filter(({ from, to }) => to > from);
}

function beginsOf(events: readonly Begin[]): readonly Begin[] {
  const begun = new Set<string>();
  return events.filter(({ turn }) => !begun.has(turn) && begun.add(turn));
}

function answersOf(events: readonly AgentEvent[], callMs: number): readonly Answer[] {
  const answers = new Map<number, Answer>();
  const written = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'Token') written.set(event.reply, (written.get(event.reply) ?? '') + event.text);
    if (event.type !== 'ReplyStarted' && event.type !== 'Heard' && event.type !== 'ReplyEnded') continue;
    const { reply } = event;
    const begun = event.type === 'ReplyStarted' && { from: event.at, ...(event.turn !== undefined && { turn: event.turn }) };
    const before = answers.get(reply) ?? {
      reply,
      from: event.at,
      to: callMs,
      text: '',
      heard: '',
      interrupted: false,
      isOver: false,
    };
    if (before.isOver) continue;
    const { text, heard, interrupted } = event.type === 'ReplyEnded' ? event : before;
    if (event.type === 'ReplyEnded') answers.set(reply, { ...before, to: event.at, text, heard, interrupted, isOver: true });
    else answers.set(reply, { ...before, ...begun, ...(event.type === 'Heard' && { heard: event.text }) });
  }
  return [...answers.values()].map((answer) => (answer.isOver ? answer : { ...answer, text: written.get(answer.reply) ?? '' }));
}

/** Each new word of what was heard, from the time before it to its own. */
function heardOf(events: readonly AgentEvent[]): readonly Said[] {
  const before = new Map<number, { readonly at: number; readonly text: string }>();
  return events.flatMap((event): readonly Said[] => {
    if (event.type === 'SpeechStarted') before.set(event.reply, { at: event.at, text: '' });
    if (event.type === 'SpeechResumed') before.set(event.reply, { text: before.get(event.reply)?.text ?? '', at: event.at });
    const text =
      event.type === 'Heard' || event.type === 'SpeechPaused'
        ? event.text
        : event.type === 'ReplyEnded'
          ? event.heard
          : undefined;
    if (text === undefined || !('reply' in event)) return [];
    const last = before.get(event.reply);
    before.set(event.reply, { at: event.at, text });
    const added = last && text.startsWith(last.text) ? text.slice(last.text.length).trim() : '';
    return last && added !== '' ? [{ text: added, from: last.at, to: event.at }] : [];
  });
}
