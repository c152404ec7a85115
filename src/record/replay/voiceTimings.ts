import type { Command } from './replayedAura.ts';

/** How a voice usually speaks. */
export interface VoiceTimings {
  /**
   * What is yet to come of a text of so many characters, of which so many bytes have come: sound, and an empty rest, which is the end.
   * Nothing of it before it would have been recorded.
   */
  readonly rest: (
    characters: number,
    bytes: number,
    so: { readonly afterMs: number; readonly untilMs: number },
  ) => readonly { readonly afterMs: number; readonly bytes: number }[];
}

/** Those of a scenario, where nothing was recorded. */
const usual = { firstAudioMs: 120, msPerCharacter: 60, haste: 10 };

/** Sound comes in pieces of this length. */
const pieceMs = 100;

/** What was cut off would have gone on no sooner than this after the cut. */
const laterMs = 60;

/** Learns from the texts that were said to their end: the middle one of each figure. */
export function voiceTimings(commands: readonly Command[], sampleRateHz: number): VoiceTimings {
  const bytesPerMs = (sampleRateHz * 2) / 1000;
  const said = commands.flatMap(({ type, text, answers }) => {
    const sounds = answers.flatMap(({ afterMs, frame }) =>
      frame instanceof Uint8Array ? [{ afterMs, bytes: frame.length }] : [],
    );
    const [first] = sounds;
    const last = sounds.at(-1);
    const isWhole = answers.some(({ frame }) => typeof frame === 'string' && frame.includes('"Flushed"'));
    if (type !== 'Flush' || text === '' || !first || !last || !isWhole) return [];
    const ms = sounds.reduce((sum, { bytes }) => sum + bytes, 0) / bytesPerMs;
    return [
      { firstAudioMs: first.afterMs, msPerCharacter: ms / text.length, haste: ms / Math.max(1, last.afterMs - first.afterMs) },
    ];
  });
  const of = (figure: keyof typeof usual) => median(said.map((one) => one[figure])) ?? usual[figure];
  const [firstAudioMs, msPerCharacter, haste] = [of('firstAudioMs'), of('msPerCharacter'), Math.max(1, of('haste'))];

  return {
    rest: (characters, bytes, { afterMs, untilMs }) => {
      const leftMs = Math.max(0, characters * msPerCharacter - bytes / bytesPerMs);
      const known = untilMs === 0 ? 0 : untilMs + laterMs;
      const begins = Math.max(bytes > 0 ? afterMs + pieceMs / haste : firstAudioMs, known);
      const pieces = Math.ceil(leftMs / pieceMs);
      const sound = Array.from({ length: pieces }, (_, at) => ({
        afterMs: Math.round(begins + (at * pieceMs) / haste),
        bytes: 2 * Math.round((Math.min(pieceMs, leftMs - at * pieceMs) * bytesPerMs) / 2),
      })).filter((piece) => piece.bytes > 0);
      return [...sound, { afterMs: Math.round(begins + (pieces * pieceMs) / haste), bytes: 0 }];
    },
  };
}

export function median(figures: readonly number[]): number | undefined {
  return figures.toSorted((one, other) => one - other)[figures.length >> 1];
}
