import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { checkOptions } from '../../flux/fluxOptions.ts';
import type { TurnThresholds } from '../../flux/turnMachine.ts';
import { MessageRedecider, type RedecidedMessage } from './messageRedecider.ts';

/** The options of `flux` that decide when a turn is over. Omitted ones have Flux's default. */
export interface Thresholds {
  /** 0.5 to 1; 1 is never reached. Default 0.7. */
  readonly eotThreshold?: number | undefined;
  /** 0.3 to 0.9, at most `eotThreshold`. Default: no eager ends. */
  readonly eagerEotThreshold?: number | undefined;
  /** 500 to 60,000. Default 5000. */
  readonly eotTimeoutMs?: number | undefined;
}

/**
 * Emits what Flux would have sent with other thresholds. Flux reports its confidence in every message, so a recording is enough
 * to decide the turns again.
 *
 *     recorded  C-s--u-u-E---u-|      confidence at u, u, E: 0.3, 0.5, 0.8
 *     result    C-s--u-E-u---u-|      eotThreshold: 0.5
 *     result    C-s--e-u-E---u-|      eagerEotThreshold: 0.3
 *     result    C-s--u-u-u---u-|      eotThreshold: 0.9; the last is `assumed`: the turn may have ended here
 *
 * Takes messages of Flux, as text frames or objects, and emits objects. `Connected`, `Error` and the like stay, in their order;
 * `ConfigureSuccess` names the new thresholds. The result always keeps Flux's rules (`conform`), whatever the source emits. With
 * the thresholds of the recording, the result has the recorded turns.
 *
 * Moments are exact to one `Update`, about 250 ms of audio; a higher confidence between two messages is not seen. `assumed`
 * marks what the recording does not prove: words after an end that had not been reached are another turn, with the confidence
 * of the whole; a turn whose recorded end is too early goes on with its last confidence, until there are words or the timeout
 * is reached. So record with high thresholds, and try lower ones.
 *
 * A turn that was ended by hand ends there again. Completes and errors with its source. Throws `SluiceError` (`invalid`) for
 * thresholds that Flux would refuse.
 */
export function thresholds(settings: Thresholds = {}): OperatorFunction<unknown, RedecidedMessage> {
  const all = withFluxDefaults(settings);
  return (messages) =>
    defer(() => {
      const redecider = new MessageRedecider(all);
      return messages.pipe(concatMap((message) => redecider.redecide(message)));
    });
}

/** Like `thresholds`, for an iterable. */
export function withThresholds(messages: Iterable<unknown>, settings: Thresholds = {}): readonly RedecidedMessage[] {
  const redecider = new MessageRedecider(withFluxDefaults(settings));
  return [...messages].flatMap((message) => redecider.redecide(message));
}

/** Checks the thresholds and fills in Flux's defaults. */
export function withFluxDefaults({ eotThreshold = 0.7, eagerEotThreshold, eotTimeoutMs = 5000 }: Thresholds): TurnThresholds {
  checkOptions({ eotThreshold, eotTimeoutMs, ...(eagerEotThreshold !== undefined && { eagerEotThreshold }) });
  return { eotThreshold, eagerEotThreshold, eotTimeoutMs };
}
