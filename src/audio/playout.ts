import { asyncScheduler, type Subscriber, type Subscription } from 'rxjs';
import type { AudioChunk, Cue, Playback, PlaybackEvent, Speech } from '../../operators/events.ts';
import { Hearing } from '../../operators/speech/hearing.ts';
import { Tape } from './playbackBuffer.ts';

/** Where the sound goes. */
export interface Device {
  /**
   * Hears each stretch of sound once it has been heard, sample by sample what was audible, at least every 100 ms. `at`: when it
   * began to sound, on the RxJS clock in ms (with fractions: samples are finer). If it throws, the speaker errors.
   */
  readonly heard?: (audio: AudioChunk, at: number) => void;
}

const stepMs = 100;

/** One reply on its way through a speaker. */
export class Playout {
  readonly #events: Subscriber<PlaybackEvent>;
  readonly #device: Device;
  readonly #tape: Tape;
  readonly #hearing = new Hearing();
  #heardMs = 0;
  /** While it sounds: since when, and from which position. Every timer aims at these, so that none delays another. */
  #run: { readonly since: number; readonly from: number } | undefined;
  /** The position that is told of next. */
  #step = stepMs;
  /** The position the clock is set to: the next step, or the end of what has come. */
  #target = 0;
  #clock: Subscription | undefined;
  #started = false;
  #paused = false;
  #allCame = false;
  #over = false;

  constructor(events: Subscriber<PlaybackEvent>, device: Device) {
    this.#events = events;
    this.#device = device;
    this.#tape = new Tape(device.heard !== undefined);
  }

  add(speech: Speech): void {
    if (this.#over) return;
    this.#advance();
    this.#report();
    this.#hearing.add(speech);
    this.#tape.add(speech.audio);
    this.#play();
  }

  /** No more will come. */
  complete(): void {
    this.#allCame = true;
    this.#play();
  }

  told(cue: Cue): void {
    if (this.#over) return;
    switch (cue) {
      case 'pause':
        this.#pause();
        break;
      case 'resume':
        this.#resume();
        break;
      case 'cut':
        this.#end(true);
    }
  }

  fail(error: unknown): void {
    this.stop();
    this.#events.error(error);
  }

  /** Falls silent, and says nothing more. */
  stop(): void {
    if (this.#over) return;
    this.#advance();
    this.#over = true;
    this.#hush();
  }

  #pause(): void {
    if (this.#paused) return;
    this.#advance();
    this.#paused = true;
    this.#hush();
    this.#say('Paused');
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#say('Resumed');
    this.#play();
  }

  #end(interrupted: boolean): void {
    this.stop();
    this.#events.next({ type: 'Ended', heardMs: this.#heardMs, heard: this.#hearing.at(this.#heardMs), interrupted });
    this.#events.complete();
  }

  /** Lets sound what may sound, and ends when there is nothing left. */
  #play(): void {
    if (this.#over || this.#paused) return;
    if (!this.#run && this.#heardMs >= this.#tape.durationMs) {
      if (this.#allCame) this.#end(false);
      return;
    }
    this.#run ??= { since: asyncScheduler.now(), from: this.#heardMs };
    if (!this.#started) {
      this.#started = true;
      this.#say('Started');
    }
    this.#setClock();
  }

  /** Sets the clock to the next step, or to the end of what has come. */
  #setClock(): void {
    if (!this.#run) return;
    const target = Math.min(this.#step, this.#tape.durationMs);
    if (this.#clock && this.#target === target) return;
    this.#stopClock();
    this.#target = target;
    // Timers know whole milliseconds only: a fraction would fire too early, and never in virtual time.
    const wait = Math.ceil(this.#run.since + target - this.#run.from - asyncScheduler.now());
    this.#clock = asyncScheduler.schedule(() => this.#reached(target), wait);
  }

  #reached(target: number): void {
    this.#stopClock();
    this.#advance(target);
    if (!this.#run && this.#allCame) this.#end(false);
    else this.#report();
    this.#setClock();
  }

  #report(): void {
    if (this.#heardMs >= this.#step) this.#say('Position');
  }

  /** Brings what was heard up to date. A timer may be a little early: what it was set to counts as reached. */
  #advance(reached = 0): void {
    if (!this.#run) return;
    const { since, from } = this.#run;
    const position = Math.max(this.#heardMs, reached, from + asyncScheduler.now() - since);
    this.#heardMs = Math.min(position, this.#tape.durationMs);
    try {
      if (this.#device.heard) this.#tape.playTo(this.#heardMs, (audio, at) => this.#device.heard?.(audio, since + at - from));
    } catch (error) {
      this.#over = true;
      this.#events.error(error);
    }
    if (this.#over || this.#heardMs === this.#tape.durationMs) this.#hush();
  }

  #hush(): void {
    this.#run = undefined;
    this.#stopClock();
  }

  #stopClock(): void {
    this.#clock?.unsubscribe();
    this.#clock = undefined;
  }

  #say(type: Playback['type']): void {
    this.#step = (Math.floor(this.#heardMs / stepMs) + 1) * stepMs;
    this.#events.next({ type, heardMs: this.#heardMs, heard: this.#hearing.at(this.#heardMs) });
  }
}
