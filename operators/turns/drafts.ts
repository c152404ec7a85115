import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import { equivalent } from './equivalent.ts';

/** How far drafting may go. */
export interface DraftLimits {
  /** `'off'`: no drafts. */
  readonly eager: 'off' | 'text' | 'speech';
  /** Drafts in one turn. */
  readonly maxDrafts: number;
  /** No draft in a turn that has lasted longer, since its `StartOfTurn`, on the audio clock. */
  readonly maxDraftedTurnMs: number;
}

interface Drafted {
  readonly type: string;
  readonly turn?: string;
  readonly transcript?: string;
  readonly audioEndMs?: number;
}

/**
 * Passes only those eager ends that may be drafted; a turn past a limit is answered at its end, as without drafts. One with the
 * words of the draft that stands is no further draft.
 *
 *     turns     -s-e-r-e-r-e-E-|      maxDrafts: 2
 *     result    -s-e-r-e-r---E-|
 *
 * @param limits asked at each `EagerEndOfTurn`
 */
export function drafts<T extends Drafted>(limits: () => DraftLimits): MonoTypeOperatorFunction<T> {
  return (events) =>
    defer(() => {
      let turn: string | undefined;
      let startedMs = 0;
      let made = 0;
      let standing: string | undefined;

      const begin = (event: T) => {
        turn = event.turn;
        startedMs = event.audioEndMs ?? 0;
        made = 0;
        standing = undefined;
      };
      return events.pipe(
        filter((event) => {
          const { type, transcript = '', audioEndMs = 0 } = event;
          if (type === 'StartOfTurn') begin(event);
          if (type === 'TurnResumed') standing = undefined;
          if (type !== 'EagerEndOfTurn') return true;
          if (event.turn !== turn) begin(event);
          if (standing !== undefined && equivalent(standing, transcript)) return true;
          const { eager, maxDrafts, maxDraftedTurnMs } = limits();
          if (eager === 'off' || made >= maxDrafts || audioEndMs - startedMs > maxDraftedTurnMs) return false;
          made++;
          standing = transcript;
          return true;
        }),
      );
    });
}
