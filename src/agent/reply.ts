import {
  catchError,
  connect,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  of,
  ReplaySubject,
  switchMap,
  take,
  takeUntil,
  tap,
  throwError,
  throwIfEmpty,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import type { CallEvent, Message, Say, Sentence, Speak, Thought, TurnEvent } from '../../operators/events.ts';
import { firstWithin } from '../../operators/core/firstWithin.ts';
import { holdUntil } from '../../operators/core/holdUntil.ts';
import { noting } from '../../operators/core/noting.ts';
import type { On } from '../../operators/turns/replyMap.ts';
import { sentences } from '../../operators/speech/sentences.ts';
import { speakable } from '../../operators/speech/speakable.ts';
import { ReplyLog } from './replyLog.ts';
import { ModelError, toFailure, VoiceError } from '../errors.ts';
import type { AgentOptions, Stages } from './options.ts';

export interface ReplyStages extends Pick<Stages, 'think' | 'play'> {
  /** Emits the current voice, and each that replaces it. */
  readonly voices: Observable<Speak>;
  /** The messages for the model: the conversation followed by `last`. */
  readonly messages: (last: readonly Message[]) => readonly Message[];
  /** Whether the last cut came from a turn. */
  readonly cutByTurn: () => boolean;
}

type Limits = Required<
  Pick<AgentOptions, 'eager' | 'draftTimeoutMs' | 'fallbackLine' | 'firstTokenMs' | 'tokenGapMs' | 'firstAudioMs'>
>;

/**
 * One reply, from the model to the loudspeaker, in one chain with one subscription. It emits the events of the reply.
 *
 *     model      --t-t.-t-t.|
 *     settled    ---------x              the gate: nothing is audible before
 *     audible    ---------s-----s-----|
 *
 * A draft that fails is dropped without a `Failure`. In a settled reply, a failed model is followed by the fallback line, or by nothing if a
 * sentence was spoken already; a failed voice is followed by silence.
 */
export function reply(
  turn: TurnEvent | Say,
  { settled, dropped, cues, unspoken, shed }: On,
  replyNumber: number,
  stages: ReplyStages,
  limits: Limits,
): Observable<CallEvent> {
  const isDraft = turn.type === 'EagerEndOfTurn';
  const maySpeakEarly = limits.eager === 'speech' && !unspoken;

  return noting((note) => {
    const log = new ReplyLog(turn, replyNumber, note, {
      cutByTurn: stages.cutByTurn,
      unspoken: limits.eager === 'speech' && !maySpeakEarly,
      shed,
    });
    /** Emits an error of a settled reply as a recovered `Failure`. A draft fails. */
    const recover = (stage: 'think' | 'speak', error: unknown) => {
      if (!log.settled) throw error;
      note(toFailure(stage, error, true));
    };

    const fixedText = (text: string) =>
      defer(() => {
        log.replaceText(text);
        return text ? toSentences(of({ type: 'Token', text })) : EMPTY;
      });
    const answer = (answered: TurnEvent) => {
      // A turn that has ended is in the conversation already.
      const caller: readonly Message[] = isDraft ? [{ role: 'user', content: answered.transcript }] : [];
      const thoughts = defer(() => stages.think(stages.messages(caller))).pipe(
        timeout({ first: limits.firstTokenMs, each: limits.tokenGapMs, with: ({ seen }) => throwError(() => slowModel(seen)) }),
        tap((thought) => log.thought(thought)),
      );
      return toSentences(thoughts).pipe(
        throwIfEmpty(() => new ModelError('empty', 'The model answered nothing.')),
        catchError((error: unknown) => {
          recover('think', error);
          const { fallbackLine } = limits;
          return log.spoke ? EMPTY : fixedText(typeof fallbackLine === 'string' ? fallbackLine : fallbackLine(answered));
        }),
        catchError((error: unknown) => {
          recover('think', error);
          return EMPTY;
        }),
      );
    };
    const sentence$ = (turn.type === 'Say' ? fixedText(turn.text) : answer(turn)).pipe(
      holdUntil(settled, { except: maySpeakEarly ? 1 : 0 }),
      tap((sentence) => log.sentence(sentence)),
    );

    const spoken = (text: Observable<Sentence>) =>
      stages.voices.pipe(
        take(1),
        switchMap((voice) => text.pipe(voice({ settled }))),
        filter((event) => log.voiced(event)),
        firstWithin(limits.firstAudioMs, settled.pipe(switchMap(() => text)), slowVoice),
        tap({
          complete: () => {
            if (log.isMute) throw muteVoice();
          },
        }),
        catchError((error: unknown) => {
          recover('speak', error);
          return text.pipe(ignoreElements());
        }),
      );

    const draftTimeout = timer(limits.draftTimeoutMs).pipe(
      map(() => 'timeout' as const),
      takeUntil(settled),
    );

    return sentence$.pipe(
      connect(spoken, { connector: () => new ReplaySubject<Sentence>(Infinity) }),
      holdUntil(settled.pipe(tap(() => log.settle()))), // the gate
      (speech) => defer(() => speech.pipe(stages.play(cues))),
      tap((playback) => log.played(playback)),
      catchError((error: unknown) => {
        log.fail(error);
        return EMPTY;
      }),
      ignoreElements(),
      takeUntil(merge(dropped, isDraft ? draftTimeout : EMPTY).pipe(tap((reason) => log.drop(reason)))),
    );
  });
}

const toSentences = (thoughts: Observable<Thought>): Observable<Sentence> => thoughts.pipe(sentences(), speakable());

const slowModel = (seen: number) =>
  seen === 0
    ? new ModelError('first-token', 'The model did not start to answer in time.', { retryable: true })
    : new ModelError('token-gap', 'The model stopped in the middle of its answer.', { retryable: true });

const muteVoice = () => new VoiceError('no-audio', 'The voice received text and sent no audio.', { retryable: true });

const slowVoice = () => new VoiceError('first-audio', 'The voice did not start to speak in time.', { retryable: true });
