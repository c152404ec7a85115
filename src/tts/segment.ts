import type { Sentence } from '../../operators/events.ts';
import { spokenOf } from './unsentText.ts';

/** Who hears what becomes of a segment. */
export interface SegmentListener {
  readonly heard: (segment: Segment, frame: Uint8Array) => void;
  /** All of its audio has come. */
  readonly answered: (segment: Segment) => void;
  /** It was not flushed: its text lies at the far side. */
  readonly refused: (segment: Segment) => void;
}

/** Voices do not speak evenly: from this share on of the sound it should have, a text is taken for spoken. */
const NEARLY = 0.8;

/** What is flushed together, and so comes back as one piece of sound: one or more sentences of one reply. */
export class Segment {
  readonly sentences: readonly Sentence[];
  readonly listener: SegmentListener;
  /** The model's wording, exactly. */
  readonly text: string;
  /** The text for the voice. */
  readonly spoken: string;
  /** How much audio came. */
  soundMs = 0;
  #half: number | undefined;

  constructor(sentences: readonly Sentence[], listener: SegmentListener) {
    this.sentences = sentences;
    this.listener = listener;
    this.text = textOf(sentences);
    this.spoken = spokenOf(sentences);
  }

  /** Whether audio came. */
  get sounded(): boolean {
    return this.soundMs > 0;
  }

  /** Whether the audio that came is about all there can be. */
  isWhole(msPerCharacter: number): boolean {
    return this.soundMs >= NEARLY * this.spoken.length * msPerCharacter;
  }

  /** How many of its sentences have begun to sound. */
  begun(msPerCharacter: number): number {
    const begins = (index: number): number => spokenOf(this.sentences.slice(0, index)).length * msPerCharacter;
    const unbegun = this.sentences.findIndex((_, index) => begins(index) >= this.soundMs);
    return unbegun < 0 ? this.sentences.length : unbegun;
  }

  /**
   * The whole 16-bit samples of a frame. Frames are cut anywhere (aura-and-openai.md A3): half a sample waits for the next
   * one. Nothing is copied unless half a sample waited.
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
