import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { ClockPoint } from '../loudness.ts';

/** Converts between the clock of the call and that of its sound, which runs faster with `--speed`. */
export class Clock {
  readonly #toSound: ScaleLinear<number, number>;

  constructor(points: readonly ClockPoint[]) {
    const [first = [0, 0], second = [first[0] + 1000, first[1] + 1000], ...others] = points;
    const all = [first, second, ...others];
    this.#toSound = scaleLinear(
      all.map(([at]) => at),
      all.map(([, sound]) => sound),
    );
  }

  /** The time in the sound, in ms, for a time in the call. */
  soundAt(callMs: number): number {
    return Math.max(0, this.#toSound(callMs));
  }

  /** The time in the call, in ms, for a time in the sound. */
  callAt(soundMs: number): number {
    return Math.max(0, this.#toSound.invert(soundMs));
  }
}

/** Milliseconds as minutes and seconds, with hours if there are any: `0:02.8`, `1:00:00.0`. */
export function clock(ms: number, digits = 1): string {
  const rounded = Number((Math.max(0, ms) / 1000).toFixed(digits));
  const minutes = Math.floor(rounded / 60);
  const seconds = (rounded - 60 * minutes).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, '0');
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${`${minutes % 60}`.padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}
