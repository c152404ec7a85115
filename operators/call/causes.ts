import { defer, map, type OperatorFunction } from 'rxjs';
import type { AgentEvent, DraftDropped, CallEvent } from '../events.ts';
import type { Timed } from './latency.ts';
import { isTurnEvent } from '../turns/orderly.ts';
import { Recent } from '../core/recent.ts';

/**
 * Numbers the events of a call from 1 (`id`) and adds the number of the event that led to each (`cause`).
 *
 *     events     -s-e--D--t--t-E--T--R--|      D: DraftStarted, t: tokens, T: TurnTaken, R: ReplyStarted
 *     id          1 2  3  4  5 6  7  8
 *     cause         1  2  3  4 2  6  7
 *
 * The cause of a turn's event is the one before it, of a reply its turn, of a sentence its last token, of an interrupted reply's
 * end the turn that interrupted it. The start of a turn, a greeting and the messages of the recogniser have no cause. A cause is
 * always an earlier event. Only the last few turns and replies are remembered.
 */
export function causes(): OperatorFunction<Timed, AgentEvent> {
  return (events) =>
    defer(() => {
      const trails = new Trails();
      let id = 0;
      return events.pipe(
        map((event): AgentEvent => {
          id++;
          const cause = trails.causeOf(event);
          trails.note(event, id);
          return Object.assign({}, event, cause === undefined ? { id } : { id, cause }); // faster than spread
        }),
      );
    });
}

/** The longest duration of one tick on a real clock, in ms. */
const tickMs = 2;

/** The number of the latest event of each type that may be a cause; `last` of any type. */
const nothing = {
  last: undefined,
  EagerEndOfTurn: undefined,
  TurnResumed: undefined,
  EndOfTurn: undefined,
  TurnTaken: undefined,
  TurnIgnored: undefined,
  DraftStarted: undefined,
  DraftDropped: undefined,
  ReplyStarted: undefined,
  Token: undefined,
  Sentence: undefined,
  AudioStarted: undefined,
  SpeechStarted: undefined,
  SpeechPaused: undefined,
  Heard: undefined,
  BargeIn: undefined,
  ReplyEnded: undefined,
  Failure: undefined,
} satisfies Partial<Record<CallEvent['type'] | 'last', undefined>>;

/** The latest events of a turn, of a reply or of the call. All fields exist from the start, which is faster in V8. */
type Trail = Record<keyof typeof nothing, number | undefined>;

const isStep = (type: string): type is keyof Trail => type in nothing;

class Trails {
  readonly #turns = new Recent<string, Trail>();
  readonly #replies = new Recent<number, Trail>();
  readonly #call: Trail = { ...nothing };
  /** The latest event of any turn. */
  #turnEvent: { readonly id: number; readonly at: number } | undefined;

  /** Returns the number of the event that led to this one. */
  causeOf(event: Timed): number | undefined {
    const turn = this.#turnOf(event);
    const reply = this.#replyOf(event);
    switch (event.type) {
      case 'Update':
      case 'EagerEndOfTurn':
      case 'TurnResumed':
      case 'EndOfTurn':
      case 'TurnIgnored':
      case 'TurnLost':
        return turn.last;
      case 'TurnTaken':
        return turn.EndOfTurn ?? turn.last;
      case 'DraftStarted':
        return turn.EagerEndOfTurn ?? turn.last;
      case 'DraftDropped':
        return this.#dropCause(event, turn, reply) ?? reply.DraftStarted;
      case 'ReplyStarted':
        return this.#answerCause(turn);
      case 'Token':
        return reply.Token ?? begun(reply);
      case 'Sentence':
        return latest(reply.Token, reply.Failure) ?? begun(reply);
      case 'AudioStarted':
        return reply.Sentence ?? begun(reply);
      case 'SpeechStarted':
        return latest(reply.AudioStarted, reply.ReplyStarted) ?? begun(reply);
      case 'Heard':
        return reply.SpeechStarted ?? begun(reply);
      case 'SpeechPaused':
        return this.#turnEvent?.id ?? begun(reply);
      case 'SpeechResumed':
        return reply.SpeechPaused ?? begun(reply);
      case 'BargeIn':
        return this.#turnEvent?.id ?? reached(reply);
      case 'Latency':
        return reply.BargeIn ?? reached(reply);
      case 'ReplyEnded':
        return reply.BargeIn ?? (event.interrupted ? this.#turnAt(event.at) : undefined) ?? reached(reply);
      case 'Warning':
      case 'Failure':
        return event.stage === 'listen' ? undefined : this.#onlyReply()?.last;
      case 'Idle':
        return this.#call.ReplyEnded;
      case 'Closed':
        return this.#call.last;
      case 'StartOfTurn':
      case 'Connected':
      case 'Configured':
      case 'Reconnected':
        return undefined;
    }
  }

  /** Notes an event, after `causeOf`. */
  note(event: Timed, id: number): void {
    const { type } = event;
    leave(this.#call, type, id);
    if (isTurnEvent(event) || type === 'TurnLost') this.#turnEvent = { id, at: event.at };
    const about = event as { readonly turn?: string; readonly reply?: number };
    if (about.turn !== undefined) {
      const turn = this.#turns.get(about.turn) ?? this.#turns.set(about.turn, { ...nothing });
      leave(turn, type, id, about.reply === undefined);
    }
    if (about.reply !== undefined) {
      const reply = this.#replies.get(about.reply) ?? this.#replies.set(about.reply, { ...nothing });
      leave(reply, type, id);
    }
    if (type === 'Failure' && event.stage === 'think') {
      const reply = this.#onlyReply();
      if (reply) reply.Failure = id;
    }
  }

  #turnOf(event: CallEvent): Trail {
    return ('turn' in event && this.#turns.get(event.turn)) || nothing;
  }

  #replyOf(event: CallEvent): Trail {
    return ('reply' in event && this.#replies.get(event.reply)) || nothing;
  }

  /** The turn event of this tick. Its effects come in the same tick, during which a real clock may advance. */
  #turnAt(at: number): number | undefined {
    return this.#turnEvent && at - this.#turnEvent.at <= tickMs ? this.#turnEvent.id : undefined;
  }

  #dropCause({ reason }: DraftDropped, turn: Trail, reply: Trail): number | undefined {
    if (reason === 'resumed') return turn.TurnResumed;
    if (reason === 'changed' || reason === 'superseded' || reason === 'started') return this.#turnEvent?.id;
    return this.#call.Failure !== undefined && this.#call.Failure === this.#call.last ? this.#call.Failure : reply.DraftStarted;
  }

  /** A turn is answered because it was taken; it is answered again because the turn that interrupted its reply was ignored. */
  #answerCause(turn: Trail): number | undefined {
    const ignored = this.#call.TurnIgnored;
    const again = turn.ReplyStarted !== undefined && ignored !== undefined && ignored > turn.ReplyStarted;
    return again ? ignored : (turn.TurnTaken ?? turn.last);
  }

  /** The reply in progress, if there is exactly one. */
  #onlyReply(): Trail | undefined {
    const live = [...this.#replies.values()].filter(
      (reply) => reply.ReplyEnded === undefined && reply.DraftDropped === undefined,
    );
    return live.length === 1 ? live[0] : undefined;
  }
}

function leave(trail: Trail, type: CallEvent['type'], id: number, isLast = true): void {
  if (isStep(type)) trail[type] = id;
  if (isLast) trail.last = id;
}

const begun = (reply: Trail) => latest(reply.DraftStarted, reply.ReplyStarted);
const reached = (reply: Trail) => latest(reply.Heard, reply.SpeechStarted) ?? begun(reply);

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
