import fc from 'fast-check';
import {
  concat,
  concatMap,
  delay,
  EMPTY,
  from,
  ignoreElements,
  materialize,
  merge,
  mergeMap,
  NEVER,
  of,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { Sentence } from '../../operators/events.ts';
import { SluiceError } from '../../src/errors.ts';
import { aura } from '../../src/tts/aura.ts';
import { toVoiceMessage } from '../../src/tts/auraCodec.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';
import { beginnings, corpus, damagedText, garbage, leaks, misshapen, nested, trying } from './fuzz.ts';

const cases = corpus('aura');
const unknown = (message: unknown) => ({ type: 'Unknown', message });
const warning = (code: string, message: string) => ({ type: 'Warning', code, message });
const text = (name: string) => cases[name]!.toString();

/** `unknown`: it is passed over, and `onUnknown` hears of it as it came, as JSON where it is any. */
const expected: Readonly<Record<string, unknown>> = {
  empty: unknown(''),
  'not-json': unknown(text('not-json')),
  html: unknown('<html></html>'),
  bom: unknown(text('bom')),
  'nul-bytes': unknown('{"type":"Flushed"\0}'),
  null: unknown(null),
  number: unknown(5),
  text: unknown('Flushed'),
  list: unknown([{ type: 'Flushed' }]),
  'two-messages': unknown(text('two-messages')),
  'prototype-keys': unknown(expect.anything()),
  'type-prototype': unknown({ type: '__proto__' }),
  'type-list': unknown({ type: ['Flushed'] }),
  'type-missing': unknown({ sequence_id: 0 }),
  'type-small': unknown({ type: 'flushed' }),
  'type-unknown': unknown({ type: 'SpeechStarted', speech_id: 's' }),
  error: unknown({ type: 'Error', description: 'no' }),
  'sequence-huge': { type: 'Flushed' },
  'sequence-text': { type: 'Cleared' },
  'flushed-bare': { type: 'Flushed' },
  'type-twice': { type: 'Cleared' },
  'metadata-bare': { type: 'Metadata' },
  'metadata-id-number': { type: 'Metadata' },
  'metadata-id-empty': { type: 'Metadata' },
  'warning-bare': warning('UNKNOWN', ''),
  'warning-code-only': warning('EXCESSIVE_FLUSH', ''),
  'warning-other-spelling': warning('EXCESSIVE_FLUSH', 'no more'),
  'warning-odd': warning('X', ''),
  'lone-surrogate': warning('\ud800', '\udc00'),
  'utf8-cut': warning('X', 'caf\ufffd'),
};

const whole = [
  { type: 'Metadata', request_id: 'r', model_name: 'aura-2-phoebe-en', additional_model_uuids: [] },
  { type: 'Flushed', sequence_id: 0 },
  { type: 'Cleared', sequence_id: 1 },
  { type: 'Warning', code: 'EXCESSIVE_FLUSH', description: 'é', warn_code: 'EXCESSIVE_FLUSH', warn_msg: 'é' },
];
const said = whole.map((message) => JSON.stringify(message));
const odd = fc.oneof(garbage, damagedText(said), misshapen(whole));

describe('a malformed frame from Aura', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, is) => {
    expect(toVoiceMessage(text(name))).toStrictEqual(is);
  });

  it('is unknown wherever it is cut, and when it nests 20,000 lists', () => {
    for (const cut of said.flatMap(beginnings)) expect(toVoiceMessage(cut), cut).toStrictEqual(unknown(cut));
    expect(toVoiceMessage(nested(20_000)).type).toBe('Unknown');
    expect(toVoiceMessage(`{"type":"Warning","code":${nested(20_000)}}`)).toStrictEqual(warning('UNKNOWN', ''));
  });

  it('is unknown, or a message whose text fields are texts', () => {
    fc.assert(
      fc.property(odd, (frame) => {
        const message = toVoiceMessage(frame);
        if (message.type === 'Unknown') return;
        expect(['Metadata', 'Flushed', 'Cleared', 'Warning']).toContain(message.type);
        const { type, ...fields } = message;
        for (const [name, value] of Object.entries(fields)) expect(value, `${type}.${name}`).toBeTypeOf('string');
      }),
      trying(3000),
    );
  });
});

/** A service that sends these, 30 ms apart, whatever it receives, and then closes or stays open. */
const saying = (frames: readonly Frame[], stays: boolean): Wire => {
  const says = concat(from(frames).pipe(concatMap((frame) => of(frame).pipe(delay(30)))), stays ? NEVER : EMPTY);
  const over = concat(says.pipe(ignoreElements()), of(true));
  return (sent) => merge(says, sent.pipe(ignoreElements(), takeUntil(over)));
};

const sentences: Observable<Sentence> = from(['Hé. ', 'How are you? ', 'Fine.']).pipe(
  concatMap((words) => of({ text: words, spoken: words.trim() }).pipe(delay(100))),
);

describe('aura, with a service that sends anything', () => {
  it('emits well-formed values, ends at most once, and fails only with its own errors', () => {
    const frames = fc.array(fc.oneof(odd, fc.constantFrom(...said), fc.uint8Array({ maxLength: 64 })), { maxLength: 40 });
    fc.assert(
      fc.property(frames, fc.boolean(), (all, stays) => {
        const ends: string[] = [];
        new TestScheduler(() => undefined).run(() => {
          const call = aura({ random: () => 0 }, saying(all, stays)).pipe(
            mergeMap((speak, nth) => (nth === 0 ? sentences.pipe(speak({ settled: of(true) })) : EMPTY)),
            materialize(),
            takeUntil(timer(20_000)),
          );
          call.subscribe((one) => {
            if (one.kind !== 'N') ends.push(one.kind);
            if (one.kind === 'N') expect(leaks(one.value)).toStrictEqual([]);
            if (one.kind === 'E') expect(one.error).toBeInstanceOf(SluiceError);
          });
        });
        expect(ends.length).toBeLessThanOrEqual(1);
      }),
      trying(60),
    );
  });
});
