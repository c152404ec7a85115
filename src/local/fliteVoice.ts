import { concat, concatMap, defer, finalize, from, map, of, switchMap, timer, type Observable } from 'rxjs';
import { toBytes } from '../audio/pcm.ts';
import { resampler } from '../audio/resample.ts';
import type { VoiceSettings } from '../emulator/backend.ts';
import type { Synthesize } from './flite.ts';
import { alaw, mulaw } from './g711.ts';
import { engineRateHz } from './samples.ts';
import { clauses, sayable } from './sayable.ts';

/** One text to speak. */
export interface VoiceJob {
  readonly text: string;
  readonly settings: VoiceSettings;
}

/**
 * Speaks a text: emits the sound of each clause as soon as it is synthesized, in the requested encoding and rate. Between clauses
 * the thread handles its messages, so a dropped job stops.
 */
export function voice(synthesize: Synthesize, { text, settings }: VoiceJob): Observable<Uint8Array> {
  return defer(() => resampler(engineRateHz, settings.sample_rate)).pipe(
    switchMap((rate) => {
      const clauseSounds = from(clauses(sayable(text))).pipe(
        concatMap((clause) => timer(0).pipe(map(() => rate.take(synthesize(clause, settings.speed))))),
      );
      return concat(
        clauseSounds,
        defer(() => of(rate.flush())),
      ).pipe(finalize(() => rate.close()));
    }),
    map((samples) => encoded(samples, settings.encoding)),
  );
}

function encoded(samples: Int16Array, encoding: VoiceSettings['encoding']): Uint8Array {
  if (encoding === 'mulaw') return mulaw.encode(samples);
  return encoding === 'alaw' ? alaw.encode(samples) : toBytes(samples);
}
