import { interval, lastValueFrom, map, take, toArray } from 'rxjs';
import { flux } from 'sluice';
import { emulator, scripted } from 'sluice/emulator';
import type { Figure } from './figure.ts';

const drops = 5;
const apartMs = 2000;

/** A turn every two seconds, lost with its connection and sent again. */
const story = Array.from({ length: drops }, (_, k) => [
  {
    at: apartMs * k + 1500,
    message: { type: 'TurnInfo', event: 'StartOfTurn', turn_index: 0, transcript: 'yes' },
  },
  { at: apartMs * k + 1740, drop: true as const },
]).flat();

const silence = { data: new Uint8Array(2560), encoding: 'linear16', sampleRateHz: 16_000, channels: 1 } as const;

export const reconnect: Figure = {
  what: 'socket dropped mid-turn → listening again, the longest of 5',
  unit: 'ms',
  atMost: 500,
  measure: async () => {
    const far = await emulator({ backend: scripted({ flux: story }) });
    const audio = interval(80).pipe(
      map(() => silence),
      take((apartMs * drops) / 80),
    );
    const events = await lastValueFrom(audio.pipe(flux({ apiKey: 'bench', baseUrl: far.deepgramUrl }), toArray()));
    await far.close();
    const gaps = events.flatMap((event) => (event.type === 'Reconnected' ? [event.gapMs] : []));
    return gaps.length === drops ? Math.max(...gaps) : NaN;
  },
};
