import { Observable } from 'rxjs';
import type { AgentEvent, AudioChunk } from '../../../operators/events.ts';
import { agent } from '../../agent/agent.ts';
import type { AgentOptions, Control } from '../../agent/options.ts';
import { speaker } from '../../audio/speaker.ts';
import { RecordingError, SluiceError } from '../../errors.ts';
import { flux } from '../../flux/flux.ts';
import type { FluxOptions } from '../../flux/fluxOptions.ts';
import { withSeededRandom } from '../../testing/withSeededRandom.ts';
import { runInVirtualTime } from '../../testing/runInVirtualTime.ts';
import { aura, type AuraOptions } from '../../tts/aura.ts';
import { quiet } from '../file/connections.ts';
import { fromRecordedError } from '../file/recordedError.ts';
import { isKind, type Line } from '../file/lines.ts';
import type { Recorded } from '../file/readRecording.ts';
import { withFluxDefaults, type Thresholds } from '../tune/thresholds.ts';
import { ActionQueue, type Action } from './actionQueue.ts';
import { compareCalls, type Difference } from './compareCalls.ts';
import { Guesses, type Guess } from './guesses.ts';
import { recordedChance } from './recordedChance.ts';
import { redecidedTurns } from './redecidedTurns.ts';
import { replayedAura } from './replayedAura.ts';
import { replayedFlux } from './replayedFlux.ts';
import { replayedThink } from './replayedThink.ts';
import { ReplayScheduler } from './replayScheduler.ts';

export interface ReplayConfig {
  /** Options that beat those of the recording: what if? */
  readonly agent?: AgentOptions;
  /**
   * Thresholds that beat those of the recording, for the whole call: turns end and drafts begin where Flux would have decided it by its
   * recorded confidence (`thresholds`). Times are right to one `Update`, about 250 ms.
   */
  readonly thresholds?: Thresholds;
}

export interface Replayed {
  /** The events of the replay. */
  readonly events: readonly AgentEvent[];
  /** The events of the recording. */
  readonly recorded: readonly AgentEvent[];
  /** The first difference; missing if the outcome is the same, or the recording has no events. */
  readonly difference?: Difference;
  /** The largest shift of an event in time, in ms, where the outcome is the same. */
  readonly shiftMs: number;
  /** What the replay made up, because the recording does not contain it. */
  readonly guesses: readonly Guess[];
}

/**
 * Runs today's pipeline on a recording, in virtual time. Its input is only what came in: from the caller, over the wires, from the
 * model and by controls. The recorded events are only compared with the new ones.
 *
 * Throws `RecordingError`: `no-audio` where the header does not name the format of the caller's audio, `no-call` where the call cannot
 * be set up; `SluiceError`: `nested` inside a marble test or a simulation, `invalid` for thresholds that Flux would refuse.
 */
export function replay(recording: Recorded, { agent: options, thresholds }: ReplayConfig = {}): Replayed {
  const { header, lines } = recording;
  if (!header.audio)
    throw new RecordingError('no-audio', 'The header of the recording has no audio format, so it cannot be replayed.');
  const events: AgentEvent[] = [];
  const guesses = new Guesses();
  const onGuess = (what: string) => guesses.add(what);
  const { encoding, sampleRateHz } = header.audio as Pick<AudioChunk, 'encoding' | 'sampleRateHz'>;
  const listen = { ...(header.options.listen as FluxOptions | undefined), encoding, sampleRateHz, random: () => 0 };
  const today = thresholds && withFluxDefaults({ ...listen, ...thresholds });
  const redecide =
    today && redecidedTurns(today, (turn, assumed) => guesses.add(assumed ? guessedOf.ended : guessedOf.reached, turn));
  const speak = { ...(header.options.speak as AuraOptions | undefined), random: recordedChance(lines) };
  const ending = endOf(lines);
  const scheduler = new ReplayScheduler(lines, { lagMs: options || thresholds ? 0 : lagMs });
  let isOver = false;

  const call = () =>
    callerOf(lines, scheduler, { encoding, sampleRateHz, channels: 1 })
      .pipe(
        agent(
          {
            listen: flux(listen, replayedFlux(lines, scheduler, redecide)),
            think: replayedThink(lines, scheduler, onGuess),
            speak: aura(speak, replayedAura(lines, speak.sampleRateHz ?? 16_000, scheduler, onGuess)),
            play: speaker(),
          },
          { ...header.options.agent, ...options },
          controlsOf(lines, scheduler),
        ),
      )
      .subscribe({
        next: (event) => events.push(event),
        error: () => (isOver = true),
        complete: () => (isOver = true),
      });

  try {
    withSeededRandom(1, () => {
      let hangUp: () => void = () => undefined;
      runInVirtualTime({
        start: () => {
          if (today && header.options.listen?.['emulated'] === true) onGuess(guessedOf.emulated);
          const timers = scheduler.start();
          const subscription = call();
          hangUp = () => {
            subscription.unsubscribe();
            timers.unsubscribe();
          };
        },
        over: () => isOver,
        stop: () => hangUp(),
        untilMs: ending.untilMs,
      });
    });
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'nested') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecordingError('no-call', `The recording cannot be replayed: ${reason}`, { cause: error });
  }

  const recorded = eventsOf(lines);
  const { differences, shiftMs } = compareCalls(recorded, events, { leftAt: ending.leftAt, redacted: header.redacted === true });
  const [difference] = recorded.length > 0 ? differences : [];
  return { events, recorded, shiftMs, guesses: guesses.all, ...(difference && { difference }) };
}

/** What a recording does not contain about other thresholds. */
const guessedOf = {
  emulated: 'the confidence of a real Flux: it was emulated',
  reached: 'when exactly these thresholds were reached, only the next Update, up to 250 ms later',
  ended: 'what Flux would have sent about a turn that it had ended',
} as const;

/** The events of a recording. */
export function eventsOf(lines: readonly Line[]): readonly AgentEvent[] {
  return lines.filter((line) => isKind(line, 'event')).map(({ event, ...rest }) => ({ type: event, ...rest }) as AgentEvent);
}

/** How much later than in the replay the recorded machine may have sent a request. */
const lagMs = 1000;

/** How long a call that ended by itself may go on in the replay after its recorded end. */
const laterMs = 60_000;

/** When the replay ends: where the recorded call was left, or some time after it had ended by itself. */
function endOf(lines: readonly Line[]): { readonly untilMs: number; readonly leftAt?: number } {
  const end = lines.findLast((line) => isKind(line, 'over') && line.over === 'call');
  if (end && !('left' in end)) return { untilMs: end.at + laterMs };
  const leftAt = end?.at ?? lines.reduce((last, line) => (isKind(line, 'event') ? last : Math.max(last, line.at)), 0);
  return { untilMs: leftAt, leftAt };
}

/** The caller's audio at its times and of its length, but silent. */
function callerOf(lines: readonly Line[], scheduler: ReplayScheduler, format: Omit<AudioChunk, 'data'>): Observable<AudioChunk> {
  return fromLines(lines, scheduler, (line) => {
    if (isKind(line, 'caller')) return (out) => out.next({ ...format, data: quiet(line.caller) });
    if (!isKind(line, 'over') || line.over !== 'caller') return undefined;
    return (out) => (line.error ? out.error(fromRecordedError(line.error)) : out.complete());
  });
}

function controlsOf(lines: readonly Line[], scheduler: ReplayScheduler): Observable<Control> {
  return fromLines(lines, scheduler, (line) => (isKind(line, 'control') ? (out) => out.next(line.control) : undefined));
}

/** Runs an action for some of the lines, at their times. */
function fromLines<T>(
  lines: readonly Line[],
  scheduler: ReplayScheduler,
  actionOf: (line: Line) => Action<T>['run'] | undefined,
): Observable<T> {
  return new Observable((out) => {
    const actions = lines.flatMap((line, place) => {
      const run = actionOf(line);
      return run ? [{ due: line.at, place, run }] : [];
    });
    new ActionQueue(scheduler, out).add(actions);
  });
}
