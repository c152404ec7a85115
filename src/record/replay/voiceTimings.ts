import { median } from '../median.ts';
import type { VoiceCommand } from './voiceCommands.ts';

/** The usual pace of a voice. */
export interface VoiceTimings {
  /**
   * Makes up the rest of a text's audio: pieces of silence, and an empty piece for its end. `bytes`: how much has come, the last of it
   * after `afterMs`. The rest comes after `untilMs`, because before that it would have been recorded.
   */
  readonly rest: (
    characters: number,
    bytes: number,
    known: { readonly afterMs: number; readonly untilMs: number },
  ) => readonly { readonly afterMs: number; readonly bytes: number }[];
}

/** The pace where the recording has none: that of a scenario. */
const usual = { firstAudioMs: 120, msPerCharacter: 60, haste: 10 };

/** How long a piece of audio is. */
const pieceMs = 100;

/** How long after a cut the rest of the audio begins at the earliest. */
const laterMs = 60;

/** Learns the pace from texts that were spoken to their end: the median of each figure. */
export function voiceTimings(commands: readonly VoiceCommand[], sampleRateHz: number): VoiceTimings {
  const bytesPerMs = (sampleRateHz * 2) / 1000;
  const spoken = commands.flatMap(({ type, text, answers }) => {
    const audio = answers.flatMap(({ afterMs, frame }) =>
      frame instanceof Uint8Array ? [{ afterMs, bytes: frame.length }] : [],
    );
    const [first] = audio;
    const last = audio.at(-1);
    const isWhole = answers.some(({ frame }) => typeof frame === 'string' && frame.includes('"Flushed"'));
    if (type !== 'Flush' || text === '' || !first || !last || !isWhole) return [];
    const ms = audio.reduce((sum, { bytes }) => sum + bytes, 0) / bytesPerMs;
    return [
      { firstAudioMs: first.afterMs, msPerCharacter: ms / text.length, haste: ms / Math.max(1, last.afterMs - first.afterMs) },
    ];
  });
  const of = (figure: keyof typeof usual) => median(spoken.map((one) => one[figure])) ?? usual[figure];
  const [firstAudioMs, msPerCharacter, haste] = [of('firstAudioMs'), of('msPerCharacter'), Math.max(1, of('haste'))];

  return {
    rest: (characters, bytes, { afterMs, untilMs }) => {
      const leftMs = Math.max(0, characters * msPerCharacter - bytes / bytesPerMs);
      const known = untilMs === 0 ? 0 : untilMs + laterMs;
      const begins = Math.max(bytes > 0 ? afterMs + pieceMs / haste : firstAudioMs, known);
      const pieces = Math.ceil(leftMs / pieceMs);
      const audio = Array.from({ length: pieces }, (_, at) => ({
        afterMs: Math.round(begins + (at * pieceMs) / haste),
        bytes: 2 * Math.round((Math.min(pieceMs, leftMs - at * pieceMs) * bytesPerMs) / 2),
      })).filter((piece) => piece.bytes > 0);
      return [...audio, { afterMs: Math.round(begins + (pieces * pieceMs) / haste), bytes: 0 }];
    },
  };
}
