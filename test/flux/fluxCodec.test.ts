import { describe, expect, it } from 'vitest';
import type { Configure } from '../../operators/events.ts';
import { FluxError } from '../../src/errors.ts';
import { decode, encode, toQuery } from '../../src/flux/fluxCodec.ts';
import type { FluxOptions } from '../../src/flux/fluxOptions.ts';
import { events, worked } from './worked.ts';

const format = { encoding: 'linear16', sampleRateHz: 16_000 } as const;
const place = { connection: 0, offsetMs: 0 };
const json = JSON.stringify;

describe('the query', () => {
  it('has the model and the format, and no option that is not set', () => {
    expect(toQuery({}, format)).toStrictEqual({ model: 'flux-general-en', encoding: 'linear16', sample_rate: 16_000 });
  });

  it('has every parameter of docs/wire/flux.md §1.1', () => {
    const options: Required<
      Omit<FluxOptions, 'apiKey' | 'baseUrl' | 'encoding' | 'sampleRateHz' | 'onUnknown' | 'catchUp' | 'random' | 'tap'>
    > = {
      model: 'flux-general-multi',
      eotThreshold: 0.85,
      eagerEotThreshold: 0.4,
      eotTimeoutMs: 8000,
      keyterms: ['Ledgerline', 'Okonkwo'],
      languageHints: ['es', 'en'],
      profanityFilter: true,
      numerals: false,
      redact: 'numbers',
      mipOptOut: true,
      tags: ['test'],
    };

    expect(toQuery(options, { encoding: 'mulaw', sampleRateHz: 8000 })).toStrictEqual({
      model: 'flux-general-multi',
      encoding: 'mulaw',
      sample_rate: 8000,
      eot_threshold: 0.85,
      eager_eot_threshold: 0.4,
      eot_timeout_ms: 8000,
      keyterm: ['Ledgerline', 'Okonkwo'],
      language_hint: ['es', 'en'],
      profanity_filter: true,
      numerals: false,
      redact: 'numbers',
      mip_opt_out: true,
      tag: ['test'],
    });
  });
});

describe('a message to Flux', () => {
  const all: Configure = {
    type: 'Configure',
    eotThreshold: 0.8,
    eagerEotThreshold: 0.5,
    eotTimeoutMs: 6000,
    keyterms: ['Ledgerline', 'Okonkwo'],
    languageHints: ['es'],
    numerals: true,
  };
  const said = [
    [{ type: 'CloseStream' }, { type: 'CloseStream' }],
    [{ type: 'ForceEndTurn' }, { type: 'ForceEndTurn' }],
    [
      all,
      {
        type: 'Configure',
        thresholds: { eager_eot_threshold: 0.5, eot_threshold: 0.8, eot_timeout_ms: 6000 },
        keyterms: ['Ledgerline', 'Okonkwo'],
        language_hints: ['es'],
        numerals: true,
      },
    ],
    [
      { type: 'Configure', keyterms: [] },
      { type: 'Configure', keyterms: [] },
    ],
    [{ type: 'Configure' }, { type: 'Configure' }],
  ] as const;

  it.each(said)('%j is %j', (message, expected) => {
    expect(JSON.parse(encode(message))).toStrictEqual(expected);
  });
});

describe('a message of Flux', () => {
  it.each(Object.keys(worked) as (keyof typeof worked)[])('is decoded: row %s of the worked sequence', (row) => {
    expect(decode(worked[row], place)).toStrictEqual({ event: events[row] });
  });

  /** The example of docs/wire/flux.md §4.2, shortened to two words. */
  const turn = {
    type: 'TurnInfo',
    request_id: 'r-1',
    sequence_id: 9,
    event: 'EndOfTurn',
    turn_index: 3,
    audio_window_start: 0,
    audio_window_end: 2.3199999,
    transcript: 'Book a',
    words: [
      { word: 'Book', confidence: 0.98, start: 0.47999996, end: 0.72 },
      { word: 'a', confidence: 0.97 },
    ],
    end_of_turn_confidence: 0.81,
    trigger: 'model',
    languages: ['en'],
    languages_hinted: ['en', 'es'],
  };
  const turnEvent = {
    type: 'EndOfTurn',
    turn: '2:3',
    transcript: 'Book a',
    words: [
      { word: 'Book', confidence: 0.98, from: 1480, to: 1720 },
      { word: 'a', confidence: 0.97 },
    ],
    confidence: 0.81,
    audioEndMs: 3320,
    trigger: 'model',
    languages: ['en'],
  };

  it('gets times on the audio clock of the call, and turns named by connection', () => {
    expect(decode(json(turn), { connection: 2, offsetMs: 1000 })).toStrictEqual({ event: turnEvent });
  });

  it('may lack times, trigger, transcript, words and confidence', () => {
    const bare = { type: 'TurnInfo', event: 'EndOfTurn', turn_index: 0 };
    const event = { type: 'EndOfTurn', turn: '0:0', transcript: '', words: [], confidence: 0, audioEndMs: 0 };

    expect(decode(json(bare), place)).toStrictEqual({ event });
  });

  it('may have invalid fields', () => {
    const words = [null, 'x', { confidence: 1 }, { word: 'a', start: '1', end: null }];
    const odd = { ...turn, transcript: null, words, trigger: 7, languages: [1, 'en'] };
    const event = {
      type: 'EndOfTurn',
      turn: '0:3',
      transcript: '',
      words: [{ word: 'a', confidence: 0 }],
      confidence: 0.81,
      audioEndMs: 2320,
      languages: ['en'],
    };

    expect(decode(json(odd), place)).toStrictEqual({ event });
  });

  it('may have an unknown trigger', () => {
    expect(decode(json({ ...turn, trigger: 'vote' }), place)).toMatchObject({ event: { trigger: 'vote' } });
  });

  const answers = [
    [
      {
        type: 'ConfigureSuccess',
        thresholds: { eager_eot_threshold: 0.5, eot_threshold: 0.8, eot_timeout_ms: 6000 },
        keyterms: ['Ledgerline'],
        language_hints: [],
        numerals: false,
      },
      {
        type: 'Configured',
        eotThreshold: 0.8,
        eagerEotThreshold: 0.5,
        eotTimeoutMs: 6000,
        keyterms: ['Ledgerline'],
        languageHints: [],
        numerals: false,
      },
    ],
    [{ type: 'ConfigureSuccess', thresholds: { eager_eot_threshold: null } }, { type: 'Configured' }],
    [
      { type: 'ConfigureFailure', code: 'INVALID_THRESHOLD', description: 'eager is above' },
      { type: 'Warning', stage: 'listen', code: 'INVALID_THRESHOLD', message: 'eager is above' },
    ],
    [
      { type: 'ConfigureFailure' },
      { type: 'Warning', stage: 'listen', code: 'CONFIGURE_FAILURE', message: 'Flux refused the new settings.' },
    ],
  ] as const;

  it.each(answers)('answers a Configure: %j', (message, event) => {
    expect(decode(json(message), place)).toStrictEqual({ event, configured: true });
  });

  const warnings = [
    [
      { code: 'FORCE_END_TURN_NO_ACTIVE_TURN', description: 'no turn was open' },
      'FORCE_END_TURN_NO_ACTIVE_TURN',
      'no turn was open',
    ],
    [{}, 'WARNING', 'Flux sent a warning without a text.'],
  ] as const;

  it.each(warnings)('warns: %j', (fields, code, message) => {
    expect(decode(json({ type: 'Warning', ...fields }), place)).toStrictEqual({
      event: { type: 'Warning', stage: 'listen', code, message },
    });
  });

  const errors = [
    [
      { code: 'INTERNAL_SERVER_ERROR', description: 'sorry' },
      'INTERNAL_SERVER_ERROR',
      'Flux failed (INTERNAL_SERVER_ERROR): sorry',
      true,
    ],
    [
      { code: 'UNPARSABLE_CLIENT_MESSAGE', description: 'what?' },
      'UNPARSABLE_CLIENT_MESSAGE',
      'Flux failed (UNPARSABLE_CLIENT_MESSAGE): what?',
      false,
    ],
    [{}, 'INTERNAL_SERVER_ERROR', 'Flux failed (INTERNAL_SERVER_ERROR)', true],
  ] as const;

  it.each(errors)('is fatal: %j', (fields, code, message, retryable) => {
    const event = decode(json({ type: 'Error', sequence_id: 15, ...fields }), place)?.event;

    expect(event).toBeInstanceOf(FluxError);
    expect(event).toMatchObject({ code, message, retryable });
  });

  const unknown = [
    ['an unknown type', '{"type":"News"}'],
    ['an unknown event', '{"type":"TurnInfo","event":"Sneeze","turn_index":0}'],
    ['a turn without its number', '{"type":"TurnInfo","event":"Update","turn_index":"0"}'],
    ['no type', '{}'],
    ['JSON that is no object', '[1]'],
    ['null', 'null'],
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['bytes', new Uint8Array([1, 2])],
  ] as const;

  it.each(unknown)('is ignored when it is %s', (_, frame) => {
    expect(decode(frame, place)).toBeUndefined();
  });
});
