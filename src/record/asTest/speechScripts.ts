import type { SpeechScript } from '../../emulator/scenario/scenario.ts';
import { connectionsOf, frameOf } from '../file/connections.ts';
import type { Line } from '../file/lines.ts';
import { median } from '../median.ts';
import { commandOf, textOf } from '../replay/voiceCommands.ts';
import { messageOf } from '../messageOf.ts';

/** A text that was flushed, and the audio that came of it. */
interface Spoken {
  readonly at: number;
  readonly characters: number;
  firstAt: number | undefined;
  lastAt: number;
  bytes: number;
  isWhole: boolean;
}

/** Scripts the voice of an excerpt in several ways: at the pace of all texts together, then at the pace of each text. */
export function speechScriptsOf(lines: readonly Line[], sampleRateHz: number): readonly SpeechScript[] {
  const spoken = connectionsOf(lines, 'speak').flatMap(({ rows }) => {
    const texts: Spoken[] = [];
    let characters = 0;
    for (const { at, way, frame: recorded } of rows) {
      const frame = frameOf(recorded);
      const now = texts.at(-1);
      if (way === 'sent') characters += textOf(frame).length;
      if (way === 'sent' && commandOf(frame) === 'Flush') {
        texts.push({ at, characters, firstAt: undefined, lastAt: at, bytes: 0, isWhole: false });
        characters = 0;
      } else if (way === 'got' && now && typeof frame !== 'string') {
        now.firstAt ??= at;
        now.lastAt = at;
        now.bytes += frame.length;
      } else if (way === 'got' && now && messageOf(frame)?.['type'] === 'Flushed') now.isWhole = true;
    }
    return texts;
  });
  if (spoken.length === 0) return [{}];
  if (spoken.every(({ bytes }) => bytes === 0))
    return [spoken.some(({ isWhole }) => isWhole) ? { silent: true } : { stall: true }];

  const msOf = ({ bytes }: Spoken) => (bytes * 1000) / (sampleRateHz * 2);
  const whole = spoken.filter((one) => one.isWhole && one.characters > 0 && one.bytes > 0);
  const firstAudioMs = median(spoken.flatMap(({ at, firstAt }) => (firstAt === undefined ? [] : [firstAt - at])));
  const haste = median(
    whole.flatMap((one) => (one.firstAt === undefined ? [] : [msOf(one) / Math.max(1, one.lastAt - one.firstAt)])),
  );
  const all = whole.reduce((sum, one) => ({ ms: sum.ms + msOf(one), characters: sum.characters + one.characters }), {
    ms: 0,
    characters: 0,
  });
  const paces = [all.ms / all.characters, ...whole.map((one) => msOf(one) / one.characters)].filter(Number.isFinite);
  const rounded = [...new Set(paces.map((pace) => Math.round(pace * 10) / 10))];
  const figures = {
    ...(firstAudioMs !== undefined && { firstAudioMs: Math.round(firstAudioMs) }),
    ...(haste !== undefined && haste < slow && { haste: Math.max(0.1, Math.round(haste * 10) / 10) }),
  };
  return rounded.length === 0 ? [figures] : rounded.map((msPerChar) => ({ ...figures, msPerChar }));
}

/** A voice slower than this many times real time has a `haste` in the scenario. */
const slow = 4;
