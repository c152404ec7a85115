import { readFileSync } from 'node:fs';
import wavefile from 'wavefile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendInput, BackendOutput } from '../../src/emulator/backend.ts';
import { local } from '../../src/local/index.ts';
import { ends, outputOf, paced, pieces, recording, settings, turnsOf, wrongWords } from './fixtureCalls.ts';

const words: Readonly<Record<string, string>> = {
  pocketsphinx_goforward: 'Go forward ten meters.',
  pocketsphinx_something: 'Go somewhere and do something.',
  librivox_sense_0880: 'He was not an ill disposed young man.',
  librivox_sense_0920: 'Had he married a more amiable woman, he might have been made still more respectable than he was.',
  librivox_sense_0930: 'He might even have been made amiable himself.',
  jfk_16k: 'And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country.',
};

/** Which events may follow which, within a turn (docs/wire/flux.md §5); Updates may follow any. */
const legal: Readonly<Record<string, readonly string[]>> = {
  '': ['StartOfTurn'],
  StartOfTurn: ['EagerEndOfTurn', 'EndOfTurn'],
  EagerEndOfTurn: ['TurnResumed', 'EndOfTurn'],
  TurnResumed: ['EagerEndOfTurn', 'EndOfTurn'],
};

/** The violations of the order of messages. */
function violations(output: readonly BackendOutput[]): string[] {
  const wrong: string[] = [];
  let state = '';
  let index = 0;
  let eager = '';
  for (const { event, turn_index, transcript, trigger, audio_window_end } of turnsOf(output)) {
    const at = `${event} at ${audio_window_end}`;
    if (turn_index !== index) wrong.push(`${at}: turn ${turn_index}`);
    if ((trigger !== undefined) !== (event === 'EndOfTurn')) wrong.push(`${at}: trigger`);
    if (event === 'Update') {
      if ((transcript === '') !== (state === '')) wrong.push(`${at}: text of an Update`);
      if (state === 'EagerEndOfTurn' && transcript !== eager) wrong.push(`${at}: changed after the eager end`);
      continue;
    }
    if (!legal[state]?.includes(event)) wrong.push(`${at}: after ${state}`);
    if (transcript === '') wrong.push(`${at}: empty`);
    if (event === 'EndOfTurn' && state === 'EagerEndOfTurn' && transcript !== eager) wrong.push(`${at}: not what was eager`);
    eager = event === 'EagerEndOfTurn' ? transcript : '';
    state = event === 'EndOfTurn' ? '' : event;
    if (event === 'EndOfTurn') index += 1;
  }
  return wrong;
}

describe('the local recogniser', () => {
  const backend = local();
  const heard = new Map<string, Promise<BackendOutput[]>>();

  /** A fixture, fed as fast as it goes; heard once for all tests that want it. */
  function fixture(name: string, more: Partial<typeof settings> = { eager_eot_threshold: 0.4 }): Promise<BackendOutput[]> {
    const key = JSON.stringify([name, more]);
    const output = heard.get(key) ?? outputOf(backend, pieces(recording(name)), more);
    heard.set(key, output);
    return output;
  }

  beforeAll(() => backend.warm());

  afterAll(() => backend.close());

  it('gets at most 15 % of the words of the human recordings wrong', { timeout: 60_000 }, async () => {
    const results = await Promise.all(
      Object.entries(words).map(async ([name, truth]) => {
        const transcript = ends(await fixture(name))
          .map((end) => end.transcript)
          .join(' ');
        return wrongWords(transcript, truth);
      }),
    );
    const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
    const all = results.reduce((sum, result) => sum + result.of, 0);
    expect(all).toBe(65);
    expect(wrong / all).toBeLessThanOrEqual(0.15);
  });

  it('keeps the order of events that Flux keeps', { timeout: 60_000 }, async () => {
    const all = await Promise.all([...Object.keys(words), 'call'].map((name) => fixture(name)));
    expect(all.flatMap(violations)).toEqual([]);
  });

  it('sends an Update each quarter of a second of audio, unless the slot is taken', async () => {
    const times = turnsOf(await fixture('pocketsphinx_goforward')).map(({ audio_window_end }) => audio_window_end * 1000);
    const slots = times.map((at) => Math.floor(at / 250));
    const free = Array.from({ length: Math.max(...slots) }, (_, index) => index + 1).filter((slot) => !slots.includes(slot));
    // Only a slot whose predecessor had a message of the turn may be empty: 3 such events.
    expect(free.length).toBeLessThanOrEqual(3);
    const updates = turnsOf(await fixture('pocketsphinx_goforward')).filter(({ event }) => event === 'Update');
    expect(Math.max(...updates.map(({ audio_window_end }) => (audio_window_end * 1000) % 250))).toBeLessThanOrEqual(50);
  });

  it('waits longer for the end, the higher the threshold', { timeout: 60_000 }, async () => {
    const output = await Promise.all(
      [0.5, 0.7, 0.9].map((eot_threshold) => fixture('pocketsphinx_goforward', { eot_threshold })),
    );
    const waits = output.map((one) => {
      const [end] = ends(one);
      return (end?.audio_window_end ?? NaN) - (end?.words.at(-1)?.end ?? NaN);
    });
    expect(waits[0]).toBeLessThan(waits[1] ?? 0);
    expect(waits[1]).toBeLessThan(waits[2] ?? 0);
    expect(output.map((one) => ends(one).length)).toEqual([1, 1, 1]);
  });

  it('ends by time-out when eot_timeout_ms passes first', async () => {
    const [end] = ends(await fixture('pocketsphinx_goforward', { eot_threshold: 0.9, eot_timeout_ms: 500 }));
    expect(end).toMatchObject({ trigger: 'timeout', turn_index: 0 });
    expect(end?.end_of_turn_confidence).toBeLessThan(0.7);
  });

  it('recognises at most three turns if a speaker pauses for effect, and one at threshold 0.9', { timeout: 60_000 }, async () => {
    expect(ends(await fixture('jfk_16k')).length).toBeLessThanOrEqual(3);
    expect(ends(await fixture('jfk_16k', { eot_threshold: 0.9 }))).toHaveLength(1);
  });

  it('sends the same messages at the same audio times, however the audio is paced and cut', { timeout: 60_000 }, async () => {
    const samples = recording('pocketsphinx_goforward', 1500);
    const chunks = pieces(samples);
    const eager = { eager_eot_threshold: 0.4 };
    const [live, fast, fastest, otherwise] = await Promise.all([
      outputOf(backend, paced(chunks, 1), eager),
      outputOf(backend, paced(chunks, 4), eager),
      outputOf(backend, chunks, eager),
      outputOf(backend, pieces(samples, 1001), eager),
    ]);
    expect(turnsOf(live).length).toBeGreaterThan(10);
    expect(fast).toEqual(live);
    expect(fastest).toEqual(live);
    expect(otherwise).toEqual(live);
  });

  it('keeps connections apart', { timeout: 60_000 }, async () => {
    const names = ['pocketsphinx_goforward', 'pocketsphinx_something', 'librivox_sense_0930'];
    const alone = await Promise.all(names.map((name) => fixture(name)));
    const together = await Promise.all(
      names.map((name) => outputOf(backend, paced(pieces(recording(name)), 8), { eager_eot_threshold: 0.4 })),
    );
    expect(together).toEqual(alone);
  });

  describe('on the call that npm start runs', () => {
    const { turns } = JSON.parse(readFileSync(new URL('../../fixtures/audio/call.truth.json', import.meta.url), 'utf8')) as {
      turns: { words: string; from: number; to: number; voices?: { from: number; to: number }[] }[];
    };

    it('recognises each turn at its time', { timeout: 60_000 }, async () => {
      const output = ends(await fixture('call'));
      expect(output).toHaveLength(turns.length);
      output.forEach((end, index) => {
        const { words: truth = '', from = 0, to = 0 } = turns[index] ?? {};
        const { wrong, of } = wrongWords(end.transcript, truth);
        expect(wrong / of).toBeLessThanOrEqual(0.26);
        expect(Math.abs((end.words[0]?.start ?? 0) * 1000 - from)).toBeLessThan(150);
        expect(Math.abs((end.words.at(-1)?.end ?? 0) * 1000 - to)).toBeLessThan(200);
      });
    });

    it('is eager a quarter of a second after the end of speech, final after three quarters', async () => {
      const last = turnsOf(await fixture('call')).filter(({ turn_index }) => turn_index === 0);
      const at = (event: string) =>
        (last.find((info) => info.event === event)?.audio_window_end ?? NaN) * 1000 - (turns[0]?.to ?? 0);
      expect(at('EagerEndOfTurn')).toBeGreaterThan(150);
      expect(at('EagerEndOfTurn')).toBeLessThan(350);
      expect(at('EndOfTurn')).toBeGreaterThan(500);
      expect(at('EndOfTurn')).toBeLessThan(850);
    });

    it('is eager at the pause inside the third turn, then takes it back with more words', async () => {
      const third = turnsOf(await fixture('call')).filter(({ turn_index, event }) => turn_index === 2 && event !== 'Update');
      expect(third.map(({ event }) => event)).toEqual([
        'StartOfTurn',
        'EagerEndOfTurn',
        'TurnResumed',
        'EagerEndOfTurn',
        'EndOfTurn',
      ]);
      const [, eager, resumed] = third;
      expect((resumed?.words.length ?? 0) - (eager?.words.length ?? 0)).toBeGreaterThan(0);
    });
  });

  it.each([
    ['linear16', 48_000],
    ['mulaw', 8000],
  ])('understands %s at %d Hz', async (encoding, sample_rate) => {
    const wav = new wavefile.WaveFile();
    wav.fromScratch(1, 16_000, '16', recording('pocketsphinx_something', 1500));
    wav.toSampleRate(sample_rate);
    if (encoding === 'mulaw') wav.toMuLaw();
    const samples = wav.getSamples(false, encoding === 'mulaw' ? Uint8Array : Int16Array);
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const [end] = ends(await outputOf(backend, [bytes], { encoding, sample_rate }));
    expect(wrongWords(end?.transcript ?? '', words['pocketsphinx_something'] ?? '').wrong).toBeLessThanOrEqual(1);
  });

  it('sends languages if the model is multilingual', async () => {
    const more = { model: 'flux-general-multi', language_hint: ['en', 'es'] };
    const output = turnsOf(await outputOf(backend, pieces(recording('pocketsphinx_goforward')), more));
    expect(output[0]).toMatchObject({ languages: [], languages_hinted: ['en', 'es'] });
    expect(ends(output)).toMatchObject([{ languages: ['en'], languages_hinted: ['en', 'es'] }]);
  });

  it('sends an error for an encoding that it cannot decode', async () => {
    expect(await outputOf(backend, [new Uint8Array(100)], { encoding: 'opus', sample_rate: 48_000 })).toMatchObject([
      { type: 'Error', code: 'UNSUPPORTED_ENCODING' },
    ]);
  });

  it('recognises nothing in silence', async () => {
    const output = turnsOf(await outputOf(backend, pieces(new Int16Array(32_000))));
    expect(output.map(({ event, transcript }) => [event, transcript])).toEqual(Array.from({ length: 7 }, () => ['Update', '']));
  });

  it('ends the turn at a ForceEndTurn, in order with the audio', async () => {
    const chunks = pieces(recording('pocketsphinx_goforward').subarray(0, 1800 * 16));
    const input: BackendInput[] = [...chunks, { type: 'ForceEndTurn' }, { type: 'ForceEndTurn' }];
    const output = (await outputOf(backend, input)).filter((one) => !('event' in one) || one['event'] !== 'Update');
    expect(output).toMatchObject([
      { event: 'StartOfTurn', turn_index: 0 },
      { event: 'EndOfTurn', trigger: 'manual' },
      { type: 'Warning', code: 'FORCE_END_TURN_NO_ACTIVE_TURN' },
    ]);
  });

  it('takes new settings in their place among the audio', async () => {
    const chunks = pieces(recording('pocketsphinx_goforward'));
    const changed: BackendInput = { type: 'Settings', settings: { ...settings, eot_threshold: 0.7 } };
    const input = [...chunks.slice(0, 20), changed, ...chunks.slice(20)];
    expect(ends(await outputOf(backend, input, { eot_threshold: 1 }))).toEqual(ends(await fixture('pocketsphinx_goforward')));
  });

  it('answers in its place among the turns', async () => {
    const chunks = pieces(recording('pocketsphinx_goforward'));
    const answer: BackendInput = { type: 'Answer', message: { type: 'ConfigureSuccess' } };
    const output = await outputOf(backend, [...chunks.slice(0, 20), answer, ...chunks.slice(20)]);
    const at = output.findIndex((one) => 'type' in one && one.type === 'ConfigureSuccess');
    const before = turnsOf(output.slice(0, at)).map(({ audio_window_end }) => audio_window_end);
    const after = turnsOf(output.slice(at)).map(({ audio_window_end }) => audio_window_end);

    expect([Math.max(...before) <= 1.6, Math.min(...after) >= 1.6]).toEqual([true, true]);
  });

  it('sends the state of the open turn when the audio ends, and does not end it', async () => {
    const output = turnsOf(await outputOf(backend, pieces(recording('pocketsphinx_goforward').subarray(0, 2350 * 16))));
    expect(output.at(-1)).toMatchObject({ event: 'Update', turn_index: 0 });
    expect(wrongWords(output.at(-1)?.transcript ?? '', 'go forward ten meters').wrong).toBe(0);
  });
});
