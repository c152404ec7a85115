import { tap } from 'rxjs';
import type { Speech } from '../../operators/events.ts';
import { speaker } from '../../src/audio/speaker.ts';
import { tone } from '../../src/emulator/scenario/index.ts';
import type { Stages } from '../../src/agent/options.ts';
import { spokenOf } from '../../src/tts/unsentText.ts';

const phoebe = { model: 'aura-2-phoebe-en', encoding: 'linear16', sample_rate: 16_000 } as const;

/** A loudspeaker that knows the tone of each text, and counts the chunks that sound like another one. */
export class Listener {
  /** Sound of something else than it is said to be. */
  stale = 0;

  readonly play: Stages['play'] = (cues) => (speech) => {
    let text: string | undefined;
    let at = 0;
    const compare = (chunk: Speech) => {
      if (chunk.text !== text) at = 0;
      if (!isToneOf(chunk, at)) this.stale++;
      at += chunk.audio.data.length;
      text = chunk.last ? undefined : chunk.text;
    };
    return speech.pipe(tap(compare), speaker()(cues));
  };
}

/** Whether a chunk is the tone of its text from this byte on: the tone is the same frame again and again. */
function isToneOf({ audio: { data }, sentences = [], last }: Speech, from: number): boolean {
  if (last) return data.length === 0;
  const frame = tone(spokenOf(sentences), phoebe);
  const start = from % frame.length;
  const twice = start === 0 && data.length <= frame.length ? frame : Buffer.concat([frame, frame]);
  return Buffer.compare(data, twice.subarray(start, start + data.length)) === 0;
}
