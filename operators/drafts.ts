import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';

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
  readonly audioEndMs?: number;
}

/**
 * Passes only those eager ends that may be drafted; a turn past a limit is answered at its end, as without drafts.
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
      return events.pipe(
        filter((event) => {
          if (event.type === 'StartOfTurn') {
            turn = event.turn;
            startedMs = event.audioEndMs ?? 0;
            made = 0;
          }
          if (event.type !== 'EagerEndOfTurn') return true;
          if (event.turn !== turn) made = 0;
          const { eager, maxDrafts, maxDraftedTurnMs } = limits();
          const lasted = event.turn === turn ? (event.audioEndMs ?? 0) - startedMs : 0;
          turn = event.turn;
          return eager !== 'off' && lasted <= maxDraftedTurnMs && ++made <= maxDrafts;
        }),
      );
    });
}
