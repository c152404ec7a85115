import { Observable } from 'rxjs';
import type { AgentEvent, AudioChunk } from '../../../operators/events.ts';
import { speaker } from '../../audio/speaker.ts';
import { RecordingError, SluiceError } from '../../errors.ts';
import { flux } from '../../flux/flux.ts';
import type { FluxOptions } from '../../flux/fluxOptions.ts';
import type { AgentOptions, Control } from '../../agent/options.ts';
import { agent } from '../../agent/agent.ts';
import { seeded } from '../../testing/seeded.ts';
import { virtually } from '../../testing/virtualTime.ts';
import { aura, type AuraOptions } from '../../tts/aura.ts';
import { compared, type Difference } from './compared.ts';
import { quiet } from '../file/connections.ts';
import { fromRecordedError } from '../file/errorLine.ts';
import { Guesses, type Guess } from './guesses.ts';
import { isKind, type Line } from '../file/lines.ts';
import { Conductor, Playing, type Deed } from './conductor.ts';
import type { Recorded } from '../file/readRecording.ts';
import { replayedAura } from './replayedAura.ts';
import { replayedFlux } from './replayedFlux.ts';
import { replayedThink } from './replayedThink.ts';
import { retelling } from './retelling.ts';
import { withFluxDefaults, type Thresholds } from '../tune/thresholds.ts';
import type { TurnThresholds } from '../tune/turnMachine.ts';
import { chanceOf } from './recordedChance.ts';

export interface ReplayConfig {
  /** Beat those of the recording: what if? */
  readonly agent?: AgentOptions;
  /**
   * Beat those of the recording, for the whole call: turns end and drafts begin where Flux would have decided it by its recorded
   * confidence (`thresholds`). Moments are right to one `Update`, about 250 ms.
   */
  readonly thresholds?: Thresholds;
}

export interface Replayed {
  /** What happens today. */
  readonly events: readonly AgentEvent[];
  /** What happened then. */
  readonly recorded: readonly AgentEvent[];
  /** The first thing that is not the same; none if the outcome is, or none was recorded. */
  readonly difference?: Difference;
  /** The most that an event came earlier or later, in ms, where the outcome is the same. */
  readonly shiftMs: number;
  /** What had to be made up, for the recording does not tell it. */
  readonly guesses: readonly Guess[];
}

/**
 * Runs today's pipeline on a recording, in virtual time: on what came in over the wires, from the model and from the caller, and on
 * nothing else. Recorded events are only compared with.
 *
 * Throws `RecordingError`: `no-audio` where the header does not say what the caller's audio is, `no-call` where what it says makes
 * none; `SluiceError`: `nested` inside a marble test or a simulation, `invalid` for thresholds that Flux would refuse.
 */
export function replay(recording: Recorded, { agent: beating, thresholds }: ReplayConfig = {}): Replayed {
  const { header, lines } = recording;
  if (!header.audio)
    throw new RecordingError('no-audio', 'The recording does not say what the caller’s audio is: it cannot be replayed.');
  const events: AgentEvent[] = [];
  const guesses = new Guesses();
  const guessed = (what: string) => guesses.add(what);
  const { encoding, sampleRateHz } = header.audio as Pick<AudioChunk, 'encoding' | 'sampleRateHz'>;
  const listen = { ...(header.options.listen as FluxOptions | undefined), encoding, sampleRateHz, random: () => 0 };
  const today = thresholds && withFluxDefaults({ ...listen, ...thresholds });
  const speak = { ...(header.options.speak as AuraOptions | undefined), random: chanceOf(lines) };
  const ending = endOf(lines);
  const conductor = new Conductor(lines, { lagMs: beating || thresholds ? 0 : lagMs });
  let over = false;

  const call = () =>
    callerOf(lines, conductor, { encoding, sampleRateHz, channels: 1 })
      .pipe(
        agent(
          {
            listen: flux(listen, replayedFlux(lines, conductor, { start: 0, retelling: today && anew(today, guesses) })),
            think: replayedThink(lines, conductor, guessed),
            speak: aura(speak, replayedAura(lines, speak.sampleRateHz ?? 16_000, { conductor, guessed, start: 0 })),
            play: speaker(),
          },
          { ...header.options.agent, ...beating },
          controlsOf(lines, conductor),
        ),
      )
      .subscribe({
        next: (event) => events.push(event),
        error: () => (over = true),
        complete: () => (over = true),
      });

  try {
    seeded(1, () => {
      let hangUp: () => void = () => undefined;
      virtually({
        start: () => {
          if (today && header.options.listen?.['emulated'] === true) guesses.add(emulated);
          const beats = conductor.start();
          const subscription = call();
          hangUp = () => {
            subscription.unsubscribe();
            beats.unsubscribe();
          };
        },
        over: () => over,
        stop: () => hangUp(),
        untilMs: ending.untilMs,
      });
    });
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'nested') throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordingError('no-call', `The recording makes no call: ${why}`, { cause: error });
  }

  const recorded = eventsOf(lines);
  const { difference, shiftMs } = compared(recorded, events, { leftAt: ending.leftAt, redacted: header.redacted === true });
  return { events, recorded, shiftMs, guesses: guesses.all, ...(difference && recorded.length > 0 && { difference }) };
}

const emulated = 'how sure Flux would have been, for it was emulated, and its confidence is made up';
const reached = 'when these thresholds were reached, but to one Update, about 250 ms';
const ended = 'what Flux would have said of a turn that it had ended';

/** The connections of Flux with other thresholds. */
const anew = (thresholds: TurnThresholds, guesses: Guesses) =>
  retelling(thresholds, (turn, assumed) => guesses.add(assumed ? ended : reached, turn));

/** The events of a recording. */
export function eventsOf(lines: readonly Line[]): readonly AgentEvent[] {
  return lines.filter((line) => isKind(line, 'event')).map(({ event, ...rest }) => ({ type: event, ...rest }) as AgentEvent);
}

/** So much later than a machine that is not busy the recorded one may have answered. */
const lagMs = 1000;

/** How long a call that ended by itself may take today after its end of then. */
const laterMs = 60_000;

/** When to end the replay: where the recorded call was left, or soon after it had ended. */
function endOf(lines: readonly Line[]): { readonly untilMs: number; readonly leftAt?: number } {
  const end = lines.findLast((line) => isKind(line, 'over') && line.over === 'call');
  if (end && !('left' in end)) return { untilMs: end.at + laterMs };
  const leftAt = end?.at ?? lines.reduce((last, line) => (isKind(line, 'event') ? last : Math.max(last, line.at)), 0);
  return { untilMs: leftAt, leftAt };
}

/** The caller's audio in its time, as long as it was, but silent. */
function callerOf(lines: readonly Line[], conductor: Conductor, format: Omit<AudioChunk, 'data'>): Observable<AudioChunk> {
  return playing(conductor, lines, (line) => {
    if (isKind(line, 'caller')) return (out) => out.next({ ...format, data: quiet(line.caller) });
    if (!isKind(line, 'over') || line.over !== 'caller') return undefined;
    return (out) => (line.error ? out.error(fromRecordedError(line.error)) : out.complete());
  });
}

function controlsOf(lines: readonly Line[], conductor: Conductor): Observable<Control> {
  return playing(conductor, lines, (line) => (isKind(line, 'control') ? (out) => out.next(line.control) : undefined));
}

/** Does what some of the lines say, at their times. */
function playing<T>(
  conductor: Conductor,
  lines: readonly Line[],
  deedOf: (line: Line) => Deed<T>['give'] | undefined,
): Observable<T> {
  return new Observable((out) => {
    const deeds = lines.flatMap((line, place) => {
      const give = deedOf(line);
      return give ? [{ due: line.at, place, give }] : [];
    });
    new Playing(conductor, out).add(deeds);
  });
}
