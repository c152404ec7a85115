import type { AgentEvent, Stamp, TurnEvent } from '../../../operators/events.ts';
import type { Picture } from '../picture.ts';
import { answersOf, draftsOf, heardOf, writingOf, type Answer, type Draft, type Writing } from './answerSpans.ts';
import { bytesOf } from './bytes.ts';
import { Clock } from './clock.ts';
import { Ordered } from './ordered.ts';
import type { Of, Said, Span } from './span.ts';
import { beginsOf, turnsOf, turnTypes, type Begin, type Turn } from './turnSpans.ts';

/** How long a reply took, from the end of what it answers on; that is known by the audio, and told by the clock of the call. */
export interface Bracket extends Span {
  readonly event: Of<'Latency'>;
  readonly endOfSpeech: number | null;
}

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
