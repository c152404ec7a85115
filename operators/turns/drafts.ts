import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import { equivalent } from './equivalent.ts';

/** The limits of drafting. */
export interface DraftLimits {
  /** `'off'`: no drafts. */
  readonly eager: 'off' | 'text' | 'speech';
  /** The most drafts in one turn. */
  readonly maxDrafts: number;
  /** A turn that has lasted longer than this since its `StartOfTurn`, on the audio clock, gets no draft. */
  readonly maxDraftedTurnMs: number;
}

interface TurnLike {
  readonly type: string;
  readonly turn?: string;
  readonly transcript?: string;
  readonly audioEndMs?: number;
}

/**
 * Lets no `EagerEndOfTurn` pass that exceeds a limit: that turn is answered at its end, as without drafts. An `EagerEndOfTurn` with the
 * same words as the current draft passes uncounted.
 *
 *     turns     -s-e-r-e-r-e-E-|      maxDrafts: 2
 *     result    -s-e-r-e-r---E-|
 *
 * @param limits read at each `EagerEndOfTurn`
 */
export function drafts<T extends TurnLike>(limits: () => DraftLimits): MonoTypeOperatorFunction<T> {
  return (events) =>
    defer(() => {
      let turn: string | undefined;
      let startedMs = 0;
      let made = 0;
      let drafted: string | undefined;

      const begin = (event: T) => {
        turn = event.turn;
        startedMs = event.audioEndMs ?? 0;
        made = 0;
        drafted = undefined;
      };
      return events.pipe(
        filter((event) => {
          const { type, transcript = '', audioEndMs = 0 } = event;
          if (type === 'StartOfTurn') begin(event);
          if (type === 'TurnResumed') drafted = undefined;
          if (type !== 'EagerEndOfTurn') return true;
          if (event.turn !== turn) begin(event);
          if (drafted !== undefined && equivalent(drafted, transcript)) return true;
          const { eager, maxDrafts, maxDraftedTurnMs } = limits();
          if (eager === 'off' || made >= maxDrafts || audioEndMs - startedMs > maxDraftedTurnMs) return false;
          made++;
          drafted = transcript;
          return true;
        }),
      );
    });
}
