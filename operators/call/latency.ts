import { defer, filter, map, type OperatorFunction } from 'rxjs';
import type { CallEvent, Latency } from '../events.ts';
import { Recent } from '../core/recent.ts';
import { severally } from '../core/severally.ts';

/** An event of a call with its time: ms since the call began. */
export type Timed = CallEvent & { readonly at: number };

/** The moments of a reply; `at` is its end. */
export type Measured = Latency & { readonly at: number };

/**
 * Emits one `Latency` for each reply when it ends: the moments of the end of speech, the start of the draft, the end of the turn,
 * the first token, the first audio and the first sound.
 *
 *     events     -s-e-D-E--T-R-t--a--h----X--|      D: DraftStarted, R: ReplyStarted, X: ReplyEnded
 *     result     -------------------------L--|
 *
 * An unknown moment is null, such as `eager` of a reply without a draft. `Latency` events of the source are ignored. Only the last
 * few turns and replies are remembered.
 */
export function latency(): OperatorFunction<Timed, Measured> {
  return (events) =>
    defer(() => {
      const stopwatch = new Stopwatch();
      return events.pipe(
        map((event) => stopwatch.see(event)),
        filter((measured) => measured !== undefined),
      );
    });
}

/**
 * Passes the events and emits the `Latency` of each reply right before its `ReplyEnded`.
 *
 *     events     -R-t-a-h-X----|      R: ReplyStarted, X: ReplyEnded
 *     result     -R-t-a-h-(LX)-|
 */
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

const firsts = { Token: 'firstToken', AudioStarted: 'firstAudio', SpeechStarted: 'firstSound' } as const;

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

/** Measures the `latency` of replies, one event at a time. */
export class Stopwatch {
  readonly #turns = new Recent<string, Pick<Moments, 'eager' | 'endOfTurn' | 'endOfSpeech'>>();
  readonly #replies = new Recent<number, Reply>();

  /** Notes an event. Returns the moments of the reply at its `ReplyEnded`. */
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
      case 'AudioStarted':
      case 'SpeechStarted': {
        const moment = firsts[event.type];
        const moments = this.#replies.get(event.reply)?.moments;
        if (moments?.[moment] === null) moments[moment] = at;
        return;
      }
      case 'ReplyEnded': {
        const { moments, ...turn } = this.#replies.get(event.reply) ?? { moments: nothing };
        this.#replies.delete(event.reply);
        return { type: 'Latency', ...turn, reply: event.reply, ...moments, at };
      }
      default:
        return;
    }
  }
}
