import { filter, type OperatorFunction } from 'rxjs';
import {
  bargeIn,
  drafts,
  holdUntil,
  orderly,
  replyMap,
  sentences,
  speakable,
  type AudioChunk,
  type PlaybackEvent,
  type Speak,
  type Stages,
} from 'sluice';

const limits = { eager: 'speech', maxDrafts: 8, maxDraftedTurnMs: 30_000 } as const;

/**
 * The whole agent in one pipe of public operators. `agent` adds to it:
 *
 * - history: the conversation so far, with only the words the caller heard (`history`)
 * - who is speaking: turns over a thinking reply join it, and a reply paused for a turn that comes to nothing resumes (`bargeIn`)
 * - prompts: a greeting and `say`, protected or not; typed turns, `interrupt`, `hangUp` and the other controls
 * - failures: a fallback line, limits for the first token, the next token, the first audio and a draft's wait (`firstWithin`)
 * - a voice that is opened once a call and replaced when its socket is lost
 * - events of everything, numbered, with their causes, latency and idle time (`causes`, `withLatency`, `idle`)
 */
export const agent =
  ({ listen, think, speak, play }: Stages & { readonly speak: Speak }): OperatorFunction<AudioChunk, PlaybackEvent> =>
  (audio$) =>
    audio$.pipe(
      listen, // audio in, turn events out
      orderly(), // in a legal order
      bargeIn(), // a StartOfTurn cuts the reply
      drafts(() => limits), // an EagerEndOfTurn may start a draft
      replyMap((turn, { settled, cues }) =>
        think([{ role: 'user', content: turn.transcript }]).pipe(
          sentences(),
          speakable(),
          holdUntil(settled, { except: 1 }), // the first sentence of a draft goes to the voice
          speak({ settled }),
          filter((event) => event.type === 'Speech'),
          holdUntil(settled), // the gate: no draft is audible
          play(cues),
        ),
      ),
    );
