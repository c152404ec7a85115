import type { Call } from './callModel.ts';
import { element } from './elements.ts';

/** The sound of the call, and where it is. */
export class Player {
  readonly element: HTMLAudioElement | undefined;
  readonly #call: Call;

  constructor(call: Call, moved: (at: number) => void) {
    this.#call = call;
    const { sound } = call.picture;
    if (sound === undefined) return;
    const audio = element('audio', {
      controls: '',
      preload: 'none',
      src: sound,
      'aria-label': 'The call, caller left and agent right',
    });
    // one at a time, however often it is played and sought
    let next = 0;
    const follow = () => {
      cancelAnimationFrame(next);
      moved(call.clock.callAt(audio.currentTime * 1000));
      if (!audio.paused) next = requestAnimationFrame(follow);
    };
    audio.addEventListener('play', follow);
    audio.addEventListener('seeked', follow);
    this.element = audio;
  }

  /** Goes to a moment of the call. */
  go(at: number): void {
    if (this.element) this.element.currentTime = this.#call.clock.soundAt(at) / 1000;
  }

  /** Plays, or stops. */
  toggle(): void {
    if (this.element?.paused === true) void this.element.play();
    else this.element?.pause();
  }
}
