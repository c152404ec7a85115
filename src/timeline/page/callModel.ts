import type { AgentEvent, Stamp, TurnEvent } from '../../../operators/events.ts';
import type { Picture } from '../picture.ts';
import { bracketsOf, type Bracket } from './brackets.ts';
import { Clock } from './clock.ts';
import { Ordered } from './ordered.ts';
import { draftsOf, heardWordsOf, repliesOf, writingOf, type Draft, type Reply, type Writing } from './replySpans.ts';
import type { Of, SpokenWords } from './span.ts';
import { turnsOf, turnStartsOf, turnTypes, type Turn, type TurnStart } from './turnSpans.ts';

/** A recorded call, arranged so that the part in view is found quickly. */
export class CallModel {
  readonly picture: Picture;
  readonly clock: Clock;
  readonly loudness: { readonly stepMs: number; readonly caller: Uint8Array; readonly agent: Uint8Array };
  readonly turns: readonly Turn[];
  readonly turnStarts: readonly TurnStart[];
  /** The events of the Flux lane that have a letter: all turn events but updates, and typed turns. */
  readonly turnMarks: readonly AgentEvent[];
  readonly replies: readonly Reply[];
  readonly drafts: Ordered<Draft>;
  readonly writing: Ordered<Writing>;
  readonly brackets: Ordered<Bracket>;
  /** The caller's words, timed by the audio, and the agent's as they were heard. */
  readonly words: { readonly caller: Ordered<SpokenWords>; readonly agent: Ordered<SpokenWords> };
  readonly #byId: ReadonlyMap<number, AgentEvent>;
  readonly #byTypes = new Map<string, readonly AgentEvent[]>();
  readonly #latencies: ReadonlyMap<number, Of<'Latency'>>;
  readonly #effects = new Map<number, AgentEvent[]>();

  constructor(picture: Picture) {
    const { events, loudness, durationMs } = picture;
    this.picture = picture;
    this.clock = new Clock(picture.clock);
    this.loudness = { ...loudness, caller: bytesOf(loudness.caller), agent: bytesOf(loudness.agent) };
    this.#byId = new Map(events.map((event) => [event.id, event]));
    for (const event of events) {
      if (event.cause === undefined) continue;
      const effects = this.#effects.get(event.cause);
      if (effects) effects.push(event);
      else this.#effects.set(event.cause, [event]);
    }
    this.turns = turnsOf(events);
    this.turnStarts = turnStartsOf(this.all('StartOfTurn', 'TurnTaken'));
    const typed = this.turnStarts.filter(({ type }) => type === 'TurnTaken');
    const marked = this.turnEvents.filter(({ type }) => type !== 'Update');
    this.turnMarks = [...marked, ...typed].toSorted((one, other) => one.id - other.id);
    this.replies = repliesOf(events, durationMs);
    this.drafts = new Ordered(draftsOf(events, durationMs));
    this.writing = new Ordered(writingOf(events));
    this.#latencies = new Map(this.all('Latency').map((event) => [event.reply, event]));
    const brackets = bracketsOf(this.all('Latency'), this.turnEvents, this.replies, this.clock);
    this.brackets = new Ordered(brackets);
    const callers = this.turns.flatMap((turn) => this.#wordsOf(turn));
    this.words = { caller: new Ordered(callers), agent: new Ordered(heardWordsOf(events)) };
  }

  get durationMs(): number {
    return Math.max(1, this.picture.durationMs);
  }

  event(id: number | undefined): AgentEvent | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  latencyOf(reply: number): Of<'Latency'> | undefined {
    return this.#latencies.get(reply);
  }

  /** The loudest of some steps of a side, 0 to 1. The root makes soft speech visible. */
  loudest(side: 'caller' | 'agent', firstStep: number, pastStep: number): number {
    const loudest = this.loudness[side].subarray(firstStep, pastStep).reduce((most, loud) => Math.max(most, loud), 0);
    return Math.sqrt(loudest / 255);
  }

  /** The events caused by an event. */
  effects(id: number): readonly AgentEvent[] {
    return this.#effects.get(id) ?? [];
  }

  /** All events of some types, in order. */
  all<T extends AgentEvent['type']>(...types: readonly T[]): readonly Of<T>[] {
    const key = types.join(' ');
    const known = this.#byTypes.get(key) ?? this.picture.events.filter(({ type }) => (types as readonly string[]).includes(type));
    this.#byTypes.set(key, known);
    return known as readonly Of<T>[];
  }

  get turnEvents(): readonly (TurnEvent & Stamp)[] {
    return this.all<(typeof turnTypes)[number]>(...turnTypes);
  }

  /** The words of a turn on the clock of the call. Words without times share the time of the turn. */
  #wordsOf({ last, from, to }: Turn): readonly SpokenWords[] {
    const timed = last.words.filter((word) => word.from !== undefined && word.to !== undefined);
    if (timed.length === 0) return last.transcript.trim() === '' ? [] : [{ text: last.transcript, from, to }];
    return timed.map((word) => ({
      text: word.word,
      from: this.clock.callAt(word.from ?? 0),
      to: this.clock.callAt(word.to ?? 0),
    }));
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
