import { defer, NEVER, type Observable, type OperatorFunction } from 'rxjs';
import { causes } from '../../operators/call/causes.ts';
import { withLatency } from '../../operators/call/latency.ts';
import { inTurn } from '../../operators/core/inTurn.ts';
import type { AgentEvent, AudioChunk } from '../../operators/events.ts';
import { bargeIn } from '../../operators/turns/bargeIn.ts';
import { drafts } from '../../operators/turns/drafts.ts';
import { orderly } from '../../operators/turns/orderly.ts';
import { replyMap } from '../../operators/turns/replyMap.ts';
import { Call } from './call.ts';
import type { AgentOptions, Control, Stages, TurnOperators } from './options.ts';

/**
 * A voice agent: the caller's audio in, every event of the call out. `switchMap` on `EagerEndOfTurn` with `takeUntil` on
 * `TurnResumed` and `StartOfTurn` gives speculative generation and barge-in: `replyMap` starts and drops drafts, and `bargeIn` cuts
 * an audible reply by a cue, so that the reply can report what was heard. `examples/agent.ts` is the same pipeline in one pipe.
 *
 * It completes with `Closed` when the audio has ended and the last reply was heard. Unsubscribing stops everything at once.
 * Recoverable errors are emitted as `Failure` with `recovered: true`; an error of `listen` is emitted with `recovered: false`
 * and then errors the result. `controls` never keep the call open. `userOperators` replace ours by name. To change more, copy
 * this page: all its parts are public operators.
 */
export function agent(
  stages: Stages,
  options: AgentOptions = {},
  controls: Observable<Control> = NEVER,
  userOperators: Partial<TurnOperators> = {},
): OperatorFunction<AudioChunk, AgentEvent> {
  const operators: TurnOperators = { orderly, bargeIn, drafts, replyMap, ...userOperators };
  return (audio) =>
    defer(() => {
      const call = new Call(stages, options);

      return call
        .run(controls, (control$) =>
          audio.pipe(
            call.listen(control$), // audio in, turn events out
            operators.orderly(), // in a legal order
            call.withControls(control$), // and typed turns, say, cues
            inTurn(),
            call.noteListening(),
            operators.bargeIn(call.bargeIn), // which turns cut, wait or are ignored
            call.noteDecisions(),
            operators.drafts(() => call.settings), // which EagerEndOfTurn may start a draft
            // switchMap on EagerEndOfTurn and EndOfTurn to a reply (reply.ts), takeUntil TurnResumed, StartOfTurn or a cut
            operators.replyMap(call.reply, { say: call.reply }),
          ),
        )
        .pipe(call.timed(), call.fold(), call.withIdle(), inTurn(), withLatency(), causes());
    });
}
