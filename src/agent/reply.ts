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
import { Account } from './replyLog.ts';
import { ModelError, toFailure, VoiceError } from '../errors.ts';
import type { AgentOptions, Stages } from './options.ts';

export interface ReplyStages extends Pick<Stages, 'think' | 'play'> {
  /** The voice of the moment, and each that takes its place. */
  readonly voices: Observable<Speak>;
  /** What the model is sent: the conversation, and then these. */
  readonly messages: (then: readonly Message[]) => readonly Message[];
  /** Whether the last cut was a turn's. */
  readonly cutByTurn: () => boolean;
}

type Limits = Required<
  Pick<AgentOptions, 'eager' | 'draftTimeoutMs' | 'fallbackLine' | 'firstTokenMs' | 'tokenGapMs' | 'firstAudioMs'>
>;

/**
 * One reply, from the model to the loudspeaker: one chain, one subscription. What is noted on the way is all it emits.
 *
 *     model      --t-t.-t-t.|
 *     settled    ---------x              the gate: nothing is heard before
 *     heard      ---------s-----s-----|
 *
 * A draft that fails is dropped without a word. Once the turn is sure, a model that fails is followed by the fallback line, or
 * by nothing if something was said already, and a voice that fails by silence.
 */
export function reply(
  turn: TurnEvent | Say,
  { settled, dropped, cues, unspoken, shed }: On,
  number: number,
  stages: ReplyStages,
  limits: Limits,
): Observable<CallEvent> {
  const draft = turn.type === 'EagerEndOfTurn';
  const speaks = limits.eager === 'speech' && !unspoken;

  return noting((note) => {
    const account = new Account(turn, number, note, {
      cutByTurn: stages.cutByTurn,
      unspoken: limits.eager === 'speech' && !speaks,
      shed,
    });
    /** Bears an error of a settled reply; a draft dies of it. */
    const bear = (stage: 'think' | 'speak', error: unknown) => {
      if (!account.settled) throw error;
      note(toFailure(stage, error, true));
    };

    const line = (text: string) =>
      defer(() => {
        account.wording(text);
        return text ? inSentences(of({ type: 'Token', text })) : EMPTY;
      });
    const thought = (answered: TurnEvent) => {
      // a turn that has ended is in the conversation
      const caller: readonly Message[] = draft ? [{ role: 'user', content: answered.transcript }] : [];
      const thoughts = defer(() => stages.think(stages.messages(caller))).pipe(
        timeout({ first: limits.firstTokenMs, each: limits.tokenGapMs, with: ({ seen }) => throwError(() => slowModel(seen)) }),
        tap((one) => account.thought(one)),
      );
      return inSentences(thoughts).pipe(
        throwIfEmpty(() => new ModelError('empty', 'The model answered nothing.')),
        catchError((error: unknown) => {
          bear('think', error);
          const { fallbackLine } = limits;
          return account.spoke ? EMPTY : line(typeof fallbackLine === 'string' ? fallbackLine : fallbackLine(answered));
        }),
        catchError((error: unknown) => {
          bear('think', error);
          return EMPTY;
        }),
      );
    };
    const words = (turn.type === 'Say' ? line(turn.text) : thought(turn)).pipe(
      holdUntil(settled, { except: speaks ? 1 : 0 }),
      tap((sentence) => account.sentence(sentence)),
    );

    const voiced = (said: Observable<Sentence>) =>
      stages.voices.pipe(
        take(1),
        switchMap((voice) => said.pipe(voice({ settled }))),
        filter((event) => account.voiced(event)),
        firstWithin(limits.firstAudioMs, settled.pipe(switchMap(() => said)), slowVoice),
        tap({
          complete: () => {
            if (account.isUnheard) throw muteVoice();
          },
        }),
        catchError((error: unknown) => {
          bear('speak', error);
          return said.pipe(ignoreElements());
        }),
      );

    const tooLong = timer(limits.draftTimeoutMs).pipe(
      map(() => 'timeout' as const),
      takeUntil(settled),
    );

    return words.pipe(
      connect(voiced, { connector: () => new ReplaySubject<Sentence>(Infinity) }),
      holdUntil(settled.pipe(tap(() => account.settle()))),
      (speech) => defer(() => speech.pipe(stages.play(cues))),
      tap((event) => account.played(event)),
      catchError((error: unknown) => {
        account.fail(error);
        return EMPTY;
      }),
      ignoreElements(),
      takeUntil(merge(dropped, draft ? tooLong : EMPTY).pipe(tap((reason) => account.drop(reason)))),
    );
  });
}

const inSentences = (thoughts: Observable<Thought>): Observable<Sentence> => thoughts.pipe(sentences(), speakable());

const slowModel = (seen: number) =>
  seen === 0
    ? new ModelError('first-token', 'The model did not begin to answer in time.', { retryable: true })
    : new ModelError('token-gap', 'The model stopped in the middle of its answer.', { retryable: true });

const muteVoice = () => new VoiceError('no-audio', 'The voice said nothing, though it was given words.', { retryable: true });

const slowVoice = () => new VoiceError('first-audio', 'The voice did not begin to speak in time.', { retryable: true });
