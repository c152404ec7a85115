import { defer, type OperatorFunction } from 'rxjs';
import type { CallEvent, Latency } from '../events.ts';
import { maybe } from '../core/maybe.ts';
import { Recent } from '../core/recent.ts';
import { severally } from '../core/severally.ts';

/** Something that happened, and when: ms since the call began. */
export type Timed = CallEvent & { readonly at: number };

/** The moments of a reply, at the moment it ended. */
export type Measured = Latency & { readonly at: number };

/**
 * One `Latency` for each reply, at the moment it ends: when the caller stopped speaking, when the draft began and the turn
 * ended, when the first token, the first audio and the first sound came.
 *
 *     events     -s-e-D-E--T-R-t--a--h----X--|      D: DraftStarted, R: ReplyStarted, X: ReplyEnded
 *     result     -------------------------L--|
 *
 * What is not known is null: `eager` of a reply that was not drafted, the turn of a greeting. `Latency` events that are
 * already in the stream are passed over. It remembers the last few turns and replies only.
 */
export function latency(): OperatorFunction<Timed, Measured> {
  return (events) =>
    defer(() => {
      const stopwatch = new Stopwatch();
      return events.pipe(maybe((event) => stopwatch.see(event)));
    });
}

/** The events, and among them each reply's `Latency` right before its end. */
export function withLatency(): OperatorFunction<Timed, Timed> {
  return (events) =>
    defer(() => {
      const stopwatch = new Stopwatch();
      return events.pipe(
        severally((event) => {
          const measured = stopwatch.see(event);
          return measured ? [measured, event] : [event];
        }),
      );
    });
}

type Moments = Omit<Latency, 'type' | 'reply' | 'turn'>;

interface Reply {
  readonly turn?: string;
  readonly moments: { -readonly [K in keyof Moments]: Moments[K] };
}

const nothing: Moments = {
  endOfSpeech: null,
  eager: null,
  endOfTurn: null,
  firstToken: null,
  firstAudio: null,
  firstSound: null,
};

/** `latency` event by event, for who must know before the `ReplyEnded` is told. */
export class Stopwatch {
  readonly #turns = new Recent<string, Pick<Moments, 'eager' | 'endOfTurn' | 'endOfSpeech'>>();
  readonly #replies = new Recent<number, Reply>();

  /** Takes note of an event; a `ReplyEnded` gives the reply's moments. */
  see(event: Timed): Measured | undefined {
    const { at } = event;
    switch (event.type) {
      case 'EagerEndOfTurn':
        this.#turns.set(event.turn, { ...nothing, eager: at });
        return;
      case 'EndOfTurn':
        this.#turns.set(event.turn, { eager: null, endOfTurn: at, endOfSpeech: event.words.at(-1)?.to ?? null });
        return;
      case 'DraftStarted': {
        const eager = this.#turns.get(event.turn)?.eager ?? null;
        this.#replies.set(event.reply, { turn: event.turn, moments: { ...nothing, eager } });
        return;
      }
      case 'DraftDropped':
        this.#replies.delete(event.reply);
        return;
      case 'ReplyStarted': {
        const moments = (event.drafted && this.#replies.get(event.reply)?.moments) || { ...nothing };
        const { endOfTurn = null, endOfSpeech = null } = (event.turn !== undefined && this.#turns.get(event.turn)) || {};
        const turn = event.turn !== undefined && { turn: event.turn };
        moments.endOfTurn = endOfTurn;
        moments.endOfSpeech = endOfSpeech;
        this.#replies.set(event.reply, { ...turn, moments });
        return;
      }
      case 'Token':
        this.#first(event.reply, 'firstToken', at);
        return;
      case 'AudioStarted':
        this.#first(event.reply, 'firstAudio', at);
        return;
      case 'SpeechStarted':
        this.#first(event.reply, 'firstSound', at);
        return;
      case 'ReplyEnded': {
        const { moments, ...turn } = this.#replies.get(event.reply) ?? { moments: nothing };
        this.#replies.delete(event.reply);
        return { type: 'Latency', ...turn, reply: event.reply, ...moments, at };
      }
      default:
        return;
    }
  }

  #first(reply: number, moment: keyof Moments, at: number): void {
    const moments = this.#replies.get(reply)?.moments;
    if (moments?.[moment] === null) moments[moment] = at;
  }
}
