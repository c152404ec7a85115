import type { Context } from 'rxjs-marbles';
import { exhaustMap, NEVER, Observable, of, ReplaySubject, Subject, take, timer } from 'rxjs';
import type { Sentence, Speak, Speech, Spent } from '../../operators/events.ts';
import { aura, type AuraOptions } from '../../src/tts/aura.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';

/** 1000 samples a second: two bytes are a millisecond. */
export const sampleRateHz = 1000;
const sound = (ms: number, value: number): Uint8Array => new Uint8Array(2 * ms).fill(value);

/** The sentences of the drawings. `e` has no words for the voice. */
export const said = {
  a: { text: 'One. ', spoken: 'one' },
  b: { text: 'Two. ', spoken: 'two' },
  c: { text: 'Three.', spoken: 'three' },
  e: { text: ':-) ', spoken: '' },
} as const satisfies Record<string, Sentence>;

/** The frames to the service; `Speak` as its text. */
export const outgoing = {
  a: 'one ',
  b: 'two ',
  c: 'three ',
  B: 'two three ',
  A: 'one two three ',
  F: 'Flush',
  C: 'Clear',
} as const;

/** The frames from the service: `x` `y` `z` are 100 ms of sound, `L` two seconds. */
export const incoming = {
  M: '{"type":"Metadata","request_id":"id-1","model_name":"aura-2-phoebe-en"}',
  F: '{"type":"Flushed","sequence_id":0}',
  C: '{"type":"Cleared","sequence_id":0}',
  R: '{"type":"Warning","code":"EXCESSIVE_FLUSH","description":"flush allowance used up"}',
  x: sound(100, 1),
  y: sound(100, 2),
  z: sound(100, 3),
  L: sound(2000, 4),
} as const satisfies Record<string, Frame>;

export const speech = (data: Uint8Array, text: string): Speech => ({
  type: 'Speech',
  audio: { data, encoding: 'linear16', sampleRateHz, channels: 1 },
  text,
  sentences: sentencesOf(text),
});
/** The sentences that make up a text. */
const sentencesOf = (text: string): Sentence[] => {
  const first = Object.values(said).find((sentence) => text.startsWith(sentence.text));
  return first ? [first, ...sentencesOf(text.slice(first.text.length))] : [];
};
/** The end of a segment. */
export const last = (text: string): Speech => ({ ...speech(new Uint8Array(0), text), last: true });
/** The end of a segment whose sound broke off. */
export const brokenOff = (text: string): Speech => ({ ...last(text), brokenOff: true });
export const spent = (characters: number): Spent => ({ type: 'Spent', characters });

/** A wire that is open as soon as it is subscribed to: `received` is drawn, and `sent` emits the frames to the service. */
export function drawn(received: Observable<Frame>, sent: Subject<string>): Wire {
  return (frames) =>
    new Observable((subscriber) => {
      subscriber.add(received.subscribe(subscriber));
      subscriber.add(frames.subscribe((frame) => sent.next(outgoingOf(frame))));
    });
}

function outgoingOf(frame: Frame): string {
  const { type, text } = JSON.parse(String(frame)) as { type: string; text?: string };
  return text ?? type;
}

export interface Stage {
  readonly speak: Speak;
  readonly sent: Observable<string>;
  /** All voices so far, and to come. */
  readonly voices: Observable<Speak>;
  readonly hangUp: () => void;
}

export interface StageOptions extends AuraOptions {
  /** The socket is open from its first value on; from the start if there is none. */
  readonly opens?: Observable<unknown>;
  /** How long the call lasts. Defaults to ten minutes. */
  readonly callMs?: number;
}

/**
 * A voice whose sockets are drawn. The first one is opened at once, and each next one gets the same drawing. Expect `sent` before the
 * replies, or their first frames are missed. The call ends after ten minutes, because an open voice never completes.
 */
export function stage(m: Context, received: string | Observable<Frame> = NEVER, options: StageOptions = {}): Stage {
  const { opens = of(0), callMs = 600_000, ...others } = options;
  const sent = new Subject<string>();
  const service = typeof received === 'string' ? m.hot(received, incoming) : received;
  const wire: Wire = (frames) => opens.pipe(exhaustMap(() => frames.pipe(drawn(service, sent))));
  const voices = new ReplaySubject<Speak>(Infinity);
  const call = aura({ sampleRateHz, random: () => 1, ...others }, wire).subscribe(voices);
  call.add(timer(callMs).subscribe(() => call.unsubscribe()));
  const said =
    (on: Parameters<Speak>[0]): ReturnType<Speak> =>
    (sentences) =>
      voices.pipe(
        take(1),
        exhaustMap((speak) => sentences.pipe(speak(on))),
      );
  return { speak: said, sent, voices, hangUp: () => call.unsubscribe() };
}
