import type { CallModel } from './callModel.ts';
import { element } from './elements.ts';

/** Plays the sound of the call, and reports its position. */
export class Player {
  readonly element: HTMLAudioElement | undefined;
  readonly #call: CallModel;

  constructor(call: CallModel, onMove: (at: number) => void) {
    this.#call = call;
    const { sound } = call.picture;
    if (sound === undefined) return;
    const label = 'The call, caller left and agent right';
    const audio = element('audio', { controls: '', preload: 'none', src: sound, 'aria-label': label });
    // only one request at a time, however often it is played and sought
    let next = 0;
    const report = () => {
      cancelAnimationFrame(next);
      onMove(call.clock.callAt(audio.currentTime * 1000));
      if (!audio.paused) next = requestAnimationFrame(report);
    };
    audio.addEventListener('play', report);
    audio.addEventListener('seeked', report);
    this.element = audio;
  }

  /** Seeks to a time of the call. */
  go(at: number): void {
    if (this.element) this.element.currentTime = this.#call.clock.soundAt(at) / 1000;
  }

  /** Plays or pauses. */
  toggle(): void {
    if (this.element?.paused === true) void this.element.play();
    else this.element?.pause();
  }
}
