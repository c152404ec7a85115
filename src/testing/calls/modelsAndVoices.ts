import type { ControlRow, ModelScript, Reply, SpeechScript } from '../../emulator/scenario/scenario.ts';
import type { BargeInPolicy } from '../../../operators/turns/policy.ts';
import type { Arbitrary, FastCheck } from './fastCheck.ts';

const sayings = [
  'Sure.',
  'A table for two, at eight. Anything else?',
  'It costs $3.50, or **four** with tea.',
  'One two three four five six seven eight nine ten eleven twelve.',
  ' ',
];

/** Models: quick or slow, and some that fail, stall or go on after an abort. */
export function models(fc: FastCheck): Arbitrary<ModelScript> {
  const say = fc.constantFrom(...sayings);
  const fault = fc.constantFrom<Omit<Reply, 'say'>>(
    { abortLagMs: 400 },
    { status: 500, times: 1 },
    { status: 500 },
    { failAfterTokens: 2 },
    { failAfterTokens: 3, times: 1 },
    { stallAfterTokens: 1 },
    { stallAfterTokens: 0, times: 1 },
  );
  const faulty = fc.record({ say, fault }).map(({ say, fault }): Reply => ({ say, ...fault }));
  return fc.record({
    firstTokenMs: fc.constantFrom(200, 0, 40, 700),
    tokenMs: fc.constantFrom(20, 0, 5, 90),
    replies: fc.array(fc.oneof({ weight: 3, arbitrary: say }, { weight: 1, arbitrary: faulty }), { minLength: 1, maxLength: 4 }),
  });
}

/** Voices: quick or slow, and some without sound, that never answer, or that go on after a `Clear`. */
export function voices(fc: FastCheck): Arbitrary<SpeechScript> {
  const sound = fc.record({
    firstAudioMs: fc.constantFrom(120, 0, 500),
    msPerChar: fc.constantFrom(40, 60, 5),
    lateMs: fc.constantFrom(0, 40, 300),
  });
  return fc.oneof(
    { weight: 10, arbitrary: sound },
    { weight: 1, arbitrary: fc.constantFrom<SpeechScript>({ silent: true }, { stall: true }) },
  );
}

/** Barge-in policies; more than half of them pause the reply while they wait. */
function policies(fc: FastCheck): Arbitrary<BargeInPolicy | false> {
  const plain: (BargeInPolicy | false)[] = [
    { minWords: 2 },
    { minDurationMs: 400 },
    { minWords: 3, stopWords: ['stop'], backchannels: ['yes', 'hm'] },
    false,
  ];
  const pausing: BargeInPolicy[] = [
    { minWords: 2, resumeAfterMs: 300 },
    { minWords: 3, resumeAfterMs: 2000 },
    { minDurationMs: 400, resumeAfterMs: 1000 },
    { backchannels: ['yes', 'hm'], resumeAfterMs: 500 },
  ];
  return fc.oneof<{ weight: number; arbitrary: Arbitrary<BargeInPolicy | false> }[]>(
    { weight: 2, arbitrary: fc.constantFrom(...plain) },
    { weight: 3, arbitrary: fc.constantFrom(...pausing) },
  );
}

/** Options of the agent: policies, limits, a greeting. */
export function agents(fc: FastCheck): Arbitrary<Readonly<Record<string, unknown>>> {
  const { constantFrom } = fc;
  return fc.record(
    {
      eager: constantFrom('speech', 'text', 'off'),
      bargeIn: policies(fc),
      greeting: constantFrom('Hello.', { text: 'This call is recorded.', protect: true }),
      draftTimeoutMs: constantFrom(300),
      maxDrafts: constantFrom(1, 0),
      maxDraftedTurnMs: constantFrom(500),
      fallbackLine: constantFrom(''),
      firstTokenMs: constantFrom(300),
      tokenGapMs: constantFrom(100),
      firstAudioMs: constantFrom(400),
      idleMs: constantFrom(500),
      echoGuard: constantFrom(true),
    },
    { requiredKeys: [] },
  );
}

/** Controls of any kind. */
export function controlRows(fc: FastCheck): Arbitrary<ControlRow> {
  const control = fc.oneof<Arbitrary<Omit<ControlRow, 'at'>>[]>(
    fc.constantFrom({ say: 'One moment.' }, { say: 'Please hold the line.', protect: true }),
    fc.constantFrom({ interrupt: true }, { text: 'Never mind.' }, { forceEndTurn: true }),
    fc.constantFrom({ configure: { eotThreshold: 0.8 } }, { set: { eager: 'text' } }),
    policies(fc).map((bargeIn) => ({ set: { bargeIn } })),
    fc.constantFrom({ close: true }, { hangUp: true }),
  );
  return fc.record({ at: fc.nat(6000), control }).map(({ at, control }) => ({ at, ...control }));
}
