import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { checkOptions } from '../../flux/fluxOptions.ts';
import type { FluxServerMessage, TurnInfo } from '../../flux/messages.ts';
import { isObject, Reading, type Fields } from './turnReading.ts';
import { TurnMachine, type Step, type TurnThresholds } from './turnMachine.ts';

/** The options of `flux` that decide when a turn is over; what is not given is Flux's default. */
export interface Thresholds {
  /** 0.5 to 1; 1 never is. Default 0.7. */
  readonly eotThreshold?: number | undefined;
  /** 0.3 to 0.9, at most `eotThreshold`. Default: no eager ends. */
  readonly eagerEotThreshold?: number | undefined;
  /** 500 to 60,000. Default 5000. */
  readonly eotTimeoutMs?: number | undefined;
}

/** A message as Flux would have sent it. */
export type Retold =
  | Exclude<FluxServerMessage, TurnInfo>
  | (TurnInfo & {
      /** The recording does not tell this: Flux had ended the turn, or begun no other, and judged something else from then on. */
      readonly assumed?: true;
    });

/**
 * What Flux would have said with other thresholds: it reports its confidence on every message, so a recording can be judged again.
 *
 *     recorded  C-s--u-u-E---u-|      confidence at u, u, E: 0.3, 0.5, 0.8
 *     result    C-s--u-E-u---u-|      eotThreshold: 0.5
 *     result    C-s--e-u-E---u-|      eagerEotThreshold: 0.3
 *     result    C-s--u-u-u---u-|      eotThreshold: 0.9; the last is `assumed`: it may have ended here
 *
 * Takes messages of Flux, as text frames or as the objects in them, and gives messages; `Connected`, `Error` and the like stay, in their
 * order, and `ConfigureSuccess` names these thresholds. Whatever comes in, what goes out is what Flux promises (`conform`). With
 * the thresholds of the recording it gives back the recorded turns.
 *
 * It knows what was said in messages, so moments are right to one `Update`, about 250 ms of audio; a confidence that was higher
 * between two of them is not seen. What the recording cannot tell is `assumed`: words after an end that had not come are
 * another turn, judged by the confidence of the whole; a turn whose recorded end comes too soon goes on, with the confidence it had, until
 * there are words or the silence is too long. So record with high thresholds, and look at lower ones.
 *
 * A turn that was ended by hand ends there again. Completes and errors with its source. Throws `SluiceError` (`invalid`) for thresholds
 * that Flux would refuse.
 */
export function thresholds(settings: Thresholds = {}): OperatorFunction<unknown, Retold> {
  const all = withFluxDefaults(settings);
  return (messages) =>
    defer(() => {
      const teller = new Teller(all);
      return messages.pipe(concatMap((message) => teller.see(message)));
    });
}

/** The same for messages that are all there. */
export function withThresholds(messages: Iterable<unknown>, settings: Thresholds = {}): readonly Retold[] {
  const teller = new Teller(withFluxDefaults(settings));
  return [...messages].flatMap((message) => teller.see(message));
}

/** All of them, checked. */
export function withFluxDefaults({ eotThreshold = 0.7, eagerEotThreshold, eotTimeoutMs = 5000 }: Thresholds): TurnThresholds {
  checkOptions({ eotThreshold, eotTimeoutMs, ...(eagerEotThreshold !== undefined && { eagerEotThreshold }) });
  return { eotThreshold, eagerEotThreshold, eotTimeoutMs };
}

/** The message of a frame, or nothing if there is none in it. */
export function messageOf(input: unknown): Fields | undefined {
  if (isObject(input)) return typeof input['type'] === 'string' ? input : undefined;
  if (typeof input !== 'string') return undefined;
  try {
    return messageOf(JSON.parse(input) as object);
  } catch {
    return undefined;
  }
}

/** All connections, one after another. */
export class Teller {
  readonly #thresholds: TurnThresholds;
  #connections = 0;
  #requestId: string | undefined;
  #sequence = 0;
  #failed = false;
  #endMs = 0;
  #reading = new Reading();
  #machine: TurnMachine;

  constructor(thresholds: TurnThresholds) {
    this.#thresholds = thresholds;
    this.#machine = new TurnMachine(thresholds);
  }

  see(input: unknown): readonly Retold[] {
    const message = messageOf(input);
    if (message === undefined) return [];
    if (message['type'] === 'Connected') return this.#connect(message);
    if (this.#failed) return [];
    return [...(this.#requestId === undefined ? this.#connect(message) : []), ...this.#tell(message)];
  }

  /** The turn that is open is ended by hand, which it was not then. */
  force(): readonly Retold[] {
    const step = this.#failed ? undefined : this.#machine.force();
    return step === undefined ? [] : [this.#numbered(toInfo(step, this.#endMs))];
  }

  /** A connection whose beginning was not recorded has one all the same. */
  #connect(message: Fields): readonly Retold[] {
    const { request_id } = message;
    const requestId = typeof request_id === 'string' ? request_id : `connection ${this.#connections}`;
    if (requestId === this.#requestId) return [];
    this.#connections++;
    this.#requestId = requestId;
    this.#sequence = 0;
    this.#failed = false;
    this.#reading = new Reading(this.#reading.turn + 1);
    this.#machine = new TurnMachine(this.#thresholds);
    return [this.#numbered({ type: 'Connected' })];
  }

  #tell(message: Fields): readonly Retold[] {
    if (message['type'] === 'TurnInfo') {
      const seen = this.#reading.see(message);
      if (seen === undefined) return [];
      this.#endMs = seen.endMs;
      return this.#machine.see(seen).map((step) => this.#numbered({ ...toInfo(step, seen.endMs), ...seen.languages }));
    }
    if (message['type'] === 'ConfigureSuccess')
      return [this.#numbered({ ...message, thresholds: toThresholds(this.#thresholds) })];
    if (message['type'] !== 'Error') return [this.#numbered(message)];
    this.#failed = true;
    const { code, description } = message; // it carries no request_id
    return [{ type: 'Error', sequence_id: this.#sequence++, code, description } as unknown as Retold];
  }

  #numbered(message: Fields): Retold {
    return { ...message, request_id: this.#requestId, sequence_id: this.#sequence++ } as unknown as Retold;
  }
}

function toInfo({ event, index, startMs, transcript, words, confidence, trigger, assumed }: Step, endMs: number): Fields {
  return {
    type: 'TurnInfo',
    event,
    turn_index: index,
    audio_window_start: startMs / 1000,
    audio_window_end: endMs / 1000,
    transcript,
    words,
    end_of_turn_confidence: confidence,
    ...(trigger !== undefined && { trigger }),
    ...(assumed && { assumed: true }),
  };
}

function toThresholds({ eotThreshold, eagerEotThreshold, eotTimeoutMs }: TurnThresholds): Fields {
  return {
    eot_threshold: eotThreshold,
    ...(eagerEotThreshold !== undefined && { eager_eot_threshold: eagerEotThreshold }),
    eot_timeout_ms: eotTimeoutMs,
  };
}
