import { EMPTY, map, NEVER, switchMap, timer } from 'rxjs';
import { lazily } from './lazily.ts';
import type { Backend } from '../backend.ts';
import type { SpeechScript } from './scenario.ts';
import { frameMs, tone } from './tone.ts';

/**
 * Plays a scenario's voice: after `firstAudioMs` it emits 40 ms of the text's tone every 4 ms (ten times faster than real time,
 * docs/wire/aura.md A8.2; `haste` changes it), until the duration of the text is reached. Cold; unsubscribing stops it.
 *
 *     speak('Hi.')    ---a-a-a-a-(b|)    5 frames, the last 20 ms short: 180 ms
 */
export function scriptedSpeak({
  firstAudioMs = 120,
  msPerChar = 60,
  haste = 10,
  silent = false,
  stall = false,
}: SpeechScript = {}): Backend['speak'] {
  return (text, voice) => {
    if (stall) return NEVER;
    const durationMs = (text.length * msPerChar) / (voice.speed ?? 1);
    const sound = () => lazily(frames(tone(text, voice), durationMs, haste)).pipe(map(({ frame }) => frame));
    return timer(firstAudioMs).pipe(switchMap(() => (silent ? EMPTY : sound())));
  };
}

/** Repeats the tone and cuts the last frame to length. All other frames are the same object. */
function* frames(
  frame: Uint8Array,
  durationMs: number,
  haste: number,
): Generator<{ readonly at: number; readonly frame: Uint8Array }> {
  for (let from = 0; from < durationMs; from += frameMs) {
    const share = Math.min(1, (durationMs - from) / frameMs);
    const bytes = Math.round((frame.length * share) / 2) * 2;
    yield { at: from / haste, frame: share === 1 ? frame : frame.subarray(0, bytes) };
  }
}
