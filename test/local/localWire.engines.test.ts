import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulator, type Emulator } from '../../src/emulator/index.ts';
import { fluxViolations } from '../../src/flux/conform.ts';
import { local } from '../../src/local/index.ts';
import { Client, type Json } from '../emulator/server/client.ts';
import { pieces, recording } from './fixtureCalls.ts';

describe('the local backend on the wire', () => {
  let server: Emulator;

  beforeAll(async () => {
    const backend = local();
    await backend.warm();
    server = await emulator({ backend });
  });

  afterAll(() => server.close());

  /** All messages for a recording that is sent at once, up to the close after `CloseStream`. */
  async function heard(name: string, query: string): Promise<Json[]> {
    const url = `${server.deepgramUrl}/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000${query}`;
    const client = await new Client(url).opened();
    client.send(...pieces(recording(name)), { type: 'CloseStream' });
    expect((await client.closed).code).toBe(1005);
    return client.texts;
  }
  let call: Promise<Json[]> | undefined;
  /** Heard once for all tests that want it. */
  const heardCall = () => (call ??= heard('call', '&eager_eot_threshold=0.4'));
  const endOf = (info: Json | undefined) => Number(info?.['audio_window_end']);
  const eventsOf = (texts: readonly Json[]) => texts.filter(({ event }) => event !== undefined && event !== 'Update');

  it('§11.4 an Update comes each 0.25 s of audio, except where a state event has just come', { timeout: 60_000 }, async () => {
    const infos = (await heardCall()).filter(({ type }) => type === 'TurnInfo');
    const gaps = infos.slice(1).map((info, index) => ({
      quiet: info['event'] === 'Update' && infos[index]?.['event'] === 'Update',
      gap: endOf(info) - endOf(infos[index]),
    }));
    const quiet = gaps.flatMap((one) => (one.quiet ? [one.gap] : []));
    // Of some 34 s of audio.
    expect(quiet.length).toBeGreaterThan(90);
    expect(Math.min(...quiet)).toBeGreaterThanOrEqual(0.2);
    expect(Math.max(...quiet)).toBeLessThanOrEqual(0.3);
    expect(Math.max(...gaps.map(({ gap }) => gap))).toBeLessThanOrEqual(0.55);
  });

  it('§11.5 a call of people is recognised as Flux promises', { timeout: 60_000 }, async () => {
    const texts = await heardCall();
    expect(fluxViolations(texts, { eager: true })).toEqual([]);
    const events = eventsOf(texts).map(({ event }) => event);
    expect(events.filter((event) => event === 'EndOfTurn')).toHaveLength(4);
    expect(events).toContain('EagerEndOfTurn');
    expect(events).toContain('TurnResumed');
  });

  it('§11.6 silence of eot_timeout_ms ends the turn, with the low confidence it has', async () => {
    const texts = await heard('pocketsphinx_goforward', '&eot_threshold=0.9&eot_timeout_ms=500');
    const [start, end, ...more] = eventsOf(texts);
    expect([start?.['event'], end?.['event'], more]).toEqual(['StartOfTurn', 'EndOfTurn', []]);
    expect(end).toMatchObject({ trigger: 'timeout' });
    expect(end?.['end_of_turn_confidence']).toBeLessThan(0.9);
  });

  it('§11.6 an eot_threshold of 1 lets no model end a turn', async () => {
    const texts = await heard('pocketsphinx_goforward', '&eot_threshold=1&eager_eot_threshold=0.4');
    // The voice ends at 2.3 s; another 2.5 s of silence follow.
    expect(eventsOf(texts).map(({ event }) => event)).toEqual(['StartOfTurn', 'EagerEndOfTurn']);
    expect(endOf(texts.at(-1))).toBeGreaterThan(4.5);
  });

  it('§11.6 without eager_eot_threshold no end is eager and no turn resumed', { timeout: 60_000 }, async () => {
    const texts = await heard('call', '');
    expect(new Set(eventsOf(texts).map(({ event }) => event))).toEqual(new Set(['StartOfTurn', 'EndOfTurn']));
    expect(fluxViolations(texts, { eager: false })).toEqual([]);
  });
});
