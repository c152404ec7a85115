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
  NEVER,
  of,
  range,
  takeUntil,
  timer,
  type Observable,
} from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import type { ListenEvent, ListenInput } from '../../operators/events.ts';
import { FluxError, SluiceError } from '../../src/errors.ts';
import { decode } from '../../src/flux/fluxCodec.ts';
import { flux } from '../../src/flux/flux.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';
import { audioOf, format, messages } from '../flux/scriptedFlux.ts';
import { beginnings, corpus, damagedText, garbage, leaks, misshapen, nested, trying } from './fuzz.ts';

const cases = corpus('flux');

/** What is read of a frame: an event, an error's code and message, or that it was skipped. */
function outcome(frame: Frame): unknown {
  const event = decode(frame, { connection: 0, offsetMs: 0 })?.event;
  if (event instanceof FluxError) return `${event.code}: ${event.message}`;
  return event ?? 'skipped';
}

const update = (more: object = {}) => ({
  type: 'Update',
  turn: '0:0',
  transcript: 'hi',
  words: [],
  confidence: 0.1,
  audioEndMs: 500,
  ...more,
});
const warning = (code: string, message: string) => ({ type: 'Warning', stage: 'listen', code, message });

const expected: Readonly<Record<string, unknown>> = {
  empty: 'skipped',
  'not-json': 'skipped',
  html: 'skipped',
  bom: 'skipped',
  'nul-bytes': 'skipped',
  'two-messages': 'skipped',
  null: 'skipped',
  number: 'skipped',
  text: 'skipped',
  list: 'skipped',
  'prototype-keys': 'skipped',
  'prototype-type': 'skipped',
  'type-missing': 'skipped',
  'type-list': 'skipped',
  'type-unknown': 'skipped',
  'event-unknown': 'skipped',
  'event-prototype': 'skipped',
  'turn-index-missing': 'skipped',
  'turn-index-negative': 'skipped',
  'turn-index-fraction': 'skipped',
  'turn-index-text': 'skipped',
  'turn-index-huge': 'skipped',
  'turn-index-unsafe': 'skipped',
  'huge-number': update({ confidence: 0, audioEndMs: 0 }),
  'negative-times': update({ audioEndMs: 0, words: [{ word: 'hi', confidence: 0.9 }] }),
  'window-text': update({ audioEndMs: 0 }),
  'single-precision': update({ audioEndMs: 480 }),
  'transcript-list': update({ transcript: '' }),
  'lone-surrogate': update({ transcript: '\ud800' }),
  'utf8-cut': update({ transcript: 'caf\ufffd' }),
  'words-odd': update({
    words: [
      { word: 'hi', confidence: 0 },
      { word: 'ho', confidence: 0 },
    ],
  }),
  'words-object': update(),
  'trigger-unknown': update({ type: 'EndOfTurn', trigger: 'boredom' }),
  'trigger-odd': update({ type: 'EndOfTurn' }),
  'languages-odd': update({ languages: ['en'] }),
  'field-twice': update({ transcript: 'two', confidence: 0, audioEndMs: 0 }),
  'connected-bare': { type: 'Connected', requestId: '' },
  'connected-id-number': { type: 'Connected', requestId: '' },
  'configured-odd': { type: 'Configured', keyterms: ['a'] },
  'configured-bare': { type: 'Configured' },
  'refused-bare': warning('CONFIGURE_FAILURE', 'Flux refused the new settings.'),
  'warning-odd': warning('WARNING', 'Flux sent a warning without a text.'),
  'error-bare': 'INTERNAL_SERVER_ERROR: Flux failed (INTERNAL_SERVER_ERROR)',
  'error-odd': 'INTERNAL_SERVER_ERROR: Flux failed (INTERNAL_SERVER_ERROR)',
};

/** Each message of Flux, with all its fields. */
const whole = {
  type: 'TurnInfo',
  request_id: 'r',
  sequence_id: 9,
  event: 'EndOfTurn',
  turn_index: 0,
  audio_window_start: 0,
  audio_window_end: 2.32,
  transcript: 'Café für zwei.',
  words: [
    { word: 'Café', confidence: 0.98, start: 0.48, end: 0.72 },
    { word: 'für', confidence: 0.97, start: 0.72, end: 0.8 },
  ],
  end_of_turn_confidence: 0.81,
  trigger: 'model',
  languages: ['de'],
};
const said: readonly string[] = [JSON.stringify(whole), ...Object.values(messages)];
const odd = fc.oneof(garbage, damagedText(said), misshapen(said.map((text) => JSON.parse(text) as object)));
const known = ['Connected', 'StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn', 'Configured', 'Warning'];

describe('a malformed frame from Flux', () => {
  it('has a listed outcome for each file of the corpus', () => {
    expect(Object.keys(cases).sort()).toStrictEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, is) => {
    expect(outcome(cases[name]!.toString())).toStrictEqual(is);
  });

  it('is skipped when it is binary or nests 20,000 lists', () => {
    expect(outcome(new Uint8Array([1, 2, 3]))).toBe('skipped');
    expect(outcome(nested(20_000))).toBe('skipped');
    expect(outcome(JSON.stringify(whole).replace('"Café für zwei."', nested(20_000)))).toMatchObject({ transcript: '' });
  });

  it('is skipped wherever it is cut', () => {
    for (const cut of said.flatMap(beginnings)) expect(outcome(cut), cut).toBe('skipped');
  });

  it('is skipped, or is an event with the fields of its type', () => {
    fc.assert(
      fc.property(odd, (frame) => {
        const event = decode(frame, { connection: 3, offsetMs: 1000 })?.event;
        if (event === undefined || event instanceof FluxError) return;
        expect(known).toContain(event.type);
        expect(leaks(event)).toStrictEqual([]);
        if ('turn' in event) {
          expect(event.turn).toMatch(/^3:\d+$/u);
          expect(event.audioEndMs).toBeGreaterThanOrEqual(1000);
        }
      }),
      trying(3000),
    );
  });
});

/** A service that sends these, 20 ms apart, whatever it receives, and then closes or stays open. */
const saying = (frames: readonly Frame[], stays: boolean): Wire => {
  const says = concat(from(frames).pipe(concatMap((frame) => of(frame).pipe(delay(20)))), stays ? NEVER : EMPTY);
  const over = concat(says.pipe(ignoreElements()), of(true));
  return (sent) => merge(says, sent.pipe(ignoreElements(), takeUntil(over)));
};

/** Two seconds of audio, a change of settings and a forced end. */
const input: Observable<ListenInput> = range(0, 25).pipe(
  concatMap((at) => of<ListenInput>(at === 10 ? { type: 'ForceEndTurn' } : audioOf(80)).pipe(delay(80))),
);

describe('flux, with a service that sends anything', () => {
  it('emits well-formed events, ends within three minutes, and fails only with its own errors', () => {
    const frames = fc.array(fc.oneof(odd, fc.constantFrom(...said), fc.uint8Array({ maxLength: 8 })), { maxLength: 40 });
    fc.assert(
      fc.property(frames, fc.boolean(), (all, stays) => {
        let end = 'none';
        new TestScheduler(() => undefined).run(() => {
          const told = input.pipe(flux({ ...format, onUnknown: () => undefined }, saying(all, stays)), materialize());
          told.pipe(takeUntil(timer(180_000))).subscribe((one) => {
            if (one.kind === 'N') expect(leaks(one.value satisfies ListenEvent)).toStrictEqual([]);
            else end = one.kind;
            if (one.kind === 'E') expect(one.error).toBeInstanceOf(SluiceError);
          });
        });
        expect(end).toMatch(/^[CE]$/u);
      }),
      trying(100),
    );
  });
});
