import { map, type Observable } from 'rxjs';
import type { AudioChunk } from '../../operators/events.ts';
import { lazily } from '../emulator/scenario/lazily.ts';

const chunkMs = 80;
const bytesPerMs = 32;

const quiet = (ms: number): AudioChunk => ({
  data: new Uint8Array(Math.round((ms * bytesPerMs) / 2) * 2),
  encoding: 'linear16',
  sampleRateHz: 16_000,
  channels: 1,
});

/** 80 ms of silence. */
export const silence: AudioChunk = quiet(chunkMs);

/** The caller's audio until `endAt`: silence, in chunks of 80 ms, each emitted at its end. The scenario's rows are what Flux recognises. */
export function callerAudio(endAt: number): Observable<AudioChunk> {
  return lazily(chunks(endAt)).pipe(map(({ audio }) => audio));
}

function* chunks(endAt: number): Generator<{ readonly at: number; readonly audio: AudioChunk }> {
  let at = chunkMs;
  for (; at <= endAt; at += chunkMs) yield { at, audio: silence };
  const rest = endAt - (at - chunkMs);
  if (rest > 0) yield { at: endAt, audio: quiet(rest) };
}
