import type { Sentence } from '../../operators/events.ts';
import { spokenOf } from './unsentText.ts';

/** Callbacks for the answers to the flush of a segment. */
export interface SegmentListener {
  readonly onAudio: (segment: Segment, frame: Uint8Array) => void;
  /** All of its audio has arrived. */
  readonly onFlushed: (segment: Segment) => void;
  /** The flush was refused; the service still holds the text. */
  readonly onFlushRefused: (segment: Segment) => void;
}

/** A text counts as spoken when it has this share of its expected audio, because voices do not speak evenly. */
const nearly = 0.8;

/** Sentences of one reply that are flushed together and so arrive as one piece of audio. */
export class Segment {
  readonly sentences: readonly Sentence[];
  readonly listener: SegmentListener;
  /** The model's wording, exactly. */
  readonly text: string;
  /** The text for the voice. */
  readonly spoken: string;
  /** The length of the audio that has arrived. */
  audioMs = 0;
  #half: number | undefined;

  constructor(sentences: readonly Sentence[], listener: SegmentListener) {
    this.sentences = sentences;
    this.listener = listener;
    this.text = textOf(sentences);
    this.spoken = spokenOf(sentences);
  }

  get hasAudio(): boolean {
    return this.audioMs > 0;
  }

  /** Whether about all of its audio has arrived. */
  isWhole(msPerCharacter: number): boolean {
    return this.audioMs >= nearly * this.spoken.length * msPerCharacter;
  }

  /** How many of its sentences have begun in the audio that has arrived. */
  begun(msPerCharacter: number): number {
    const begins = (index: number): number => spokenOf(this.sentences.slice(0, index)).length * msPerCharacter;
    const unbegun = this.sentences.findIndex((_, index) => begins(index) >= this.audioMs);
    return unbegun < 0 ? this.sentences.length : unbegun;
  }

  /**
   * The whole 16-bit samples of a frame. A frame may end within a sample (docs/wire/aura.md A3): its first half is kept for the
   * next frame. Copies only if half a sample was kept.
   */
  samples(frame: Uint8Array): Uint8Array {
    const bytes = this.#half === undefined ? frame : joined(this.#half, frame);
    const whole = bytes.length - (bytes.length % 2);
    this.#half = bytes[whole];
    return whole === bytes.length ? bytes : bytes.subarray(0, whole);
  }
}

/** The model's wording of some sentences, exactly. */
export const textOf = (sentences: readonly Sentence[]): string => sentences.map(({ text }) => text).join('');

function joined(first: number, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(rest.length + 1);
  bytes[0] = first;
  bytes.set(rest, 1);
  return bytes;
}
