import { asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import type { AudioChunk, Cue, Playback, PlaybackEvent, Speech } from '../../operators/events.ts';
import { Hearing } from '../../operators/speech/hearing.ts';
import { PlaybackBuffer } from './playbackBuffer.ts';

/** The output of a `speaker`. */
export interface Device {
  /**
   * Called with the audio that has just been played, at least every 100 ms, exactly the audible samples. `at`: when it started to
   * play, on the RxJS clock in ms, with fractions. If it throws, the speaker errors.
   */
  readonly heard?: (audio: AudioChunk, at: number) => void;
}

const stepMs = 100;

/** Plays one reply for `speaker`. */
export class Playout {
  readonly #events: Subscriber<PlaybackEvent>;
  readonly #device: Device;
  readonly #buffer: PlaybackBuffer;
  readonly #hearing = new Hearing();
  #heardMs = 0;
  /** While playing: the start time and the position then. Every timer is set from these, so that delays do not add up. */
  #run: { readonly since: number; readonly from: number } | undefined;
  /** The position of the next `Position` event. */
  #step = stepMs;
  /** The position for which the timer is set: the next step, or the end of the buffer. */
  #target = 0;
  #timer: Subscription | undefined;
  #started = false;
  #paused = false;
  #inputComplete = false;
  #over = false;

  constructor(events: Subscriber<PlaybackEvent>, device: Device) {
    this.#events = events;
    this.#device = device;
    this.#buffer = new PlaybackBuffer(device.heard !== undefined);
  }

  add(speech: Speech): void {
    if (this.#over) return;
    this.#advance();
    this.#emitPosition();
    this.#hearing.add(speech);
    this.#buffer.add(speech.audio);
    this.#play();
  }

  /** Call it after the last `add`. */
  complete(): void {
    this.#inputComplete = true;
    this.#play();
  }

  onCue(cue: Cue): void {
    if (this.#over) return;
    if (cue === 'pause') this.#pause();
    else if (cue === 'resume') this.#resume();
    else this.#end(true);
  }

  fail(error: unknown): void {
    this.stop();
    this.#events.error(error);
  }

  /** Stops the audio and emits nothing more. */
  stop(): void {
    if (this.#over) return;
    this.#advance();
    this.#over = true;
    this.#silence();
  }

  #pause(): void {
    if (this.#paused) return;
    this.#advance();
    this.#paused = true;
    this.#silence();
    this.#emit('Paused');
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#emit('Resumed');
    this.#play();
  }

  #end(interrupted: boolean): void {
    this.stop();
    this.#events.next({ type: 'Ended', heardMs: this.#heardMs, heard: this.#hearing.at(this.#heardMs), interrupted });
    this.#events.complete();
  }

  /** Plays the buffer, and ends after the last audio. */
  #play(): void {
    if (this.#over || this.#paused) return;
    if (!this.#run && this.#heardMs >= this.#buffer.durationMs) {
      if (this.#inputComplete) this.#end(false);
      return;
    }
    this.#run ??= { since: asyncScheduler.now(), from: this.#heardMs };
    if (!this.#started) {
      this.#started = true;
      this.#emit('Started');
    }
    this.#setTimer();
  }

  #setTimer(): void {
    if (!this.#run) return;
    const target = Math.min(this.#step, this.#buffer.durationMs);
    if (this.#timer && this.#target === target) return;
    this.#stopTimer();
    this.#target = target;
    // Timers count whole milliseconds: with a fraction they would fire too early, and in virtual time never.
    const wait = Math.ceil(this.#run.since + target - this.#run.from - asyncScheduler.now());
    this.#timer = asyncScheduler.schedule(() => this.#reached(target), wait);
  }

  #reached(target: number): void {
    this.#stopTimer();
    this.#advance(target);
    if (!this.#run && this.#inputComplete) this.#end(false);
    else this.#emitPosition();
    this.#setTimer();
  }

  #emitPosition(): void {
    if (this.#heardMs >= this.#step) this.#emit('Position');
  }

  /** Updates the heard position. A timer may fire a little early, so its target counts as reached. */
  #advance(reached = 0): void {
    if (!this.#run) return;
    const { since, from } = this.#run;
    const position = Math.max(this.#heardMs, reached, from + asyncScheduler.now() - since);
    this.#heardMs = Math.min(position, this.#buffer.durationMs);
    try {
      if (this.#device.heard) this.#buffer.playTo(this.#heardMs, (audio, at) => this.#device.heard?.(audio, since + at - from));
    } catch (error) {
      this.#over = true;
      this.#events.error(error);
    }
    if (this.#over || this.#heardMs === this.#buffer.durationMs) this.#silence();
  }

  #silence(): void {
    this.#run = undefined;
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #emit(type: Playback['type']): void {
    this.#step = (Math.floor(this.#heardMs / stepMs) + 1) * stepMs;
    this.#events.next({ type, heardMs: this.#heardMs, heard: this.#hearing.at(this.#heardMs) });
  }
}
