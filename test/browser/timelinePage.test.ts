import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { StereoFile } from '../../src/audio/stereoFile.ts';
import type { Scenario } from '../../src/emulator/scenario/scenario.ts';
import { readRecording, type Recorded } from '../../src/record/file/readRecording.ts';
import { openSound, type Sound } from '../../src/timeline/sound.ts';
import { timeline } from '../../src/timeline/timeline.ts';
import { recorded } from '../record/recordedCall.ts';
import { axe } from './axe.ts';
import { inChromium } from './chromium.ts';
import { colours, look } from './look.ts';
import { it } from './opened.ts';

const row = (at: number, event: string, turn_index: number, transcript: string, end_of_turn_confidence = 0.1) => ({
  at,
  message: { type: 'TurnInfo', event, turn_index, transcript, end_of_turn_confidence },
});

const hostile = '</script><img src=x onerror="document.title=1"> `${1}` ‮';

/** A draft that is dropped, one that is kept, a cut, words that look like markup, a lost connection. */
const scenario: Scenario = {
  flux: [
    row(500, 'StartOfTurn', 0, 'book'),
    row(900, 'EagerEndOfTurn', 0, 'book a table', 0.5),
    row(1200, 'TurnResumed', 0, 'book a table for', 0.05),
    row(1900, 'EagerEndOfTurn', 0, 'book a table for two', 0.5),
    row(2300, 'EndOfTurn', 0, 'book a table for two', 0.8),
    row(3500, 'StartOfTurn', 1, hostile),
    row(4200, 'EndOfTurn', 1, hostile, 0.9),
    { at: 6000, drop: true },
    row(7000, 'StartOfTurn', 0, 'bye'),
    row(7400, 'EndOfTurn', 0, 'bye', 0.9),
  ],
  model: { firstTokenMs: 150, tokenMs: 20, replies: ['A table for two, at which time would you like to come?'] },
  speech: { firstAudioMs: 100, msPerChar: 60 },
};
const thresholds = { eotThreshold: 0.7, eagerEotThreshold: 0.4 };
const recording = readRecording(recorded(scenario, { options: { listen: thresholds } }).lines.join('\n'));
const html = timeline(recording, { name: 'call.jsonl', sound: tone(10_000) });

/** A WAV that is as long as `ms`. */
function tone(ms: number, inlineMs?: number): Sound | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const path = join(folder, 'call.wav');
  const file = new StereoFile(path, 16_000);
  const samples = Int16Array.from({ length: ms * 16 }, (_, at) => 8000 * Math.sin(at / 8));
  file.put(0, 0, samples);
  file.put(1, 0, samples);
  file.close();
  const sound = openSound(path, { href: 'sound/of%20it.wav', ...(inlineMs !== undefined && { inlineMs }) });
  rmSync(folder, { recursive: true });
  return sound;
}

const focus = (page: Page) => page.getByRole('application').focus();
const shown = (page: Page) => page.locator('.inspector .event strong').innerText();
const press = async (page: Page, key: string, times = 1) => {
  for (let time = 0; time < times; time++) await page.keyboard.press(key);
};
const wide = (page: Page) => page.locator('.wide').evaluate(({ clientWidth }) => clientWidth);

inChromium('a timeline', () => {
  it.for([
    ['light', '#ffffff', 1280],
    ['dark', '#0d1117', 1280],
    ['light', '#ffffff', 390],
    ['dark', '#0d1117', 390],
  ] as const)(
    'is drawn in the %s theme on %s at %i pixels, sends no request, and is accessible',
    async ([theme, ground, width], { opened, faults }) => {
      const page = await opened(html, { theme, width, height: 900 });
      await page.locator('.mark').first().waitFor();
      const [most, ...others] = await colours(page, await look(page, `timeline-${theme}-${width}`));

      expect(most).toBe(ground);
      expect(others.length).toBeGreaterThan(50);
      expect(await axe(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(faults).toEqual([]);
    },
  );

  it('has a mark in its lane for each event', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await press(page, 'Tab');
    await page.getByRole('button', { name: 'the whole call' }).click();
    const types = await page.locator('.mark').evaluateAll((marks) => marks.map(({ classList }) => classList[1] ?? ''));
    const counts = Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((one) => one === type).length]));
    const labels = () => page.locator('.drafts text.note').allTextContents();
    const happened = (type: string) => recording.lines.filter((line) => 'event' in line && line.event === type).length;

    for (const type of [
      'StartOfTurn',
      'EagerEndOfTurn',
      'TurnResumed',
      'EndOfTurn',
      'DraftStarted',
      'DraftDropped',
      'BargeIn',
      'Reconnected',
      'Latency',
    ])
      expect([type, counts[type]]).toEqual([type, happened(type)]);
    expect(await page.locator('.threshold').count()).toBe(2);

    await focus(page);
    await press(page, 'Home');
    await press(page, 'ArrowRight', 2);
    await press(page, '+', 4);
    await expect.poll(labels).toEqual(['1 dropped: the caller went on', '2 kept']);
  });

  it('shows an event that is pointed at, with its cause and an arrow from it', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await page.locator('.mark.DraftDropped').hover();

    expect(await shown(page)).toMatch(
      /^draft 1 was dropped after \d+ tokens? and \d+ characters? of speech: the caller went on$/u,
    );
    expect(await page.locator('.inspector ol').first().locator('li').first().innerText()).toMatch(
      /^0:01\.\d\s*the caller went on in turn 0:0/u,
    );
    expect(await page.locator('.because').count()).toBe(1);
  });

  it('draws the first marks whole', async ({ opened }) => {
    const { header, lines } = recording;
    const soon = lines.map((line) => ('event' in line && line.event === 'Connected' ? { ...line, at: 34 } : line));
    const page = await opened(timeline({ header, lines: soon }));

    expect(await page.locator('.mark.Connected').first().evaluate(cutOff)).toBe(false);
  });

  it('can be used with keys', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await focus(page);
    await press(page, 'Home');
    expect(await shown(page)).toMatch(/^Flux connected/u);
    await press(page, 'ArrowRight');
    expect(await shown(page)).toMatch(/^the caller began turn 0:0/u);
    await press(page, '.');
    expect(await shown(page)).toMatch(/^(turn 0:0 was probably over|the transcript of turn 0:0 was)/u);
    await press(page, ',');
    expect(await shown(page)).toMatch(/^the caller began turn 0:0/u);
    await press(page, 'Shift+ArrowRight');
    expect(await shown(page)).toMatch(/^the caller began turn 0:1/u);
    await press(page, 'Shift+ArrowLeft');
    expect(await shown(page)).toMatch(/^the caller began turn 0:0/u);
    await press(page, 'ArrowRight', 2);
    expect(await shown(page)).toMatch(/^draft 1 for turn 0:0 was started/u);
    await press(page, 'c');
    expect(await shown(page)).toMatch(/^turn 0:0 was probably over/u);
    await press(page, 'End');
    expect(await shown(page)).toBe('the call ended');

    const before = await wide(page);
    await press(page, '+', 2);
    expect((await wide(page)) / before).toBeCloseTo(2.25, 1);
    await press(page, '0');
    expect(await wide(page)).toBe(await page.locator('.scroller').evaluate(({ clientWidth }) => clientWidth));
  });

  it('draws the ring around the mark of the selected event, also among crowded marks', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await focus(page);
    await press(page, 'Home');
    for (let stop = 0; stop < 24; stop++) {
      await press(page, 'ArrowRight');
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      expect(await page.evaluate(offTheRing)).toBeLessThan(2);
    }
    expect(await page.locator('.mark.Connected').first().evaluate(cutOff)).toBe(false);
  });

  it('zooms around the middle if the selected event is out of view', async ({ opened }) => {
    const page = await opened(html, { width: 390, height: 900 });
    const middle = () => page.locator('.scroller').evaluate((box) => (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth);
    await focus(page);
    await press(page, 'Home');
    await page.locator('.scroller').evaluate((box) => (box.scrollLeft = 300));
    const before = await middle();
    await press(page, '+');
    expect(await middle()).toBeCloseTo(before, 1);
  });

  it('has a mark for a turn that was typed', async ({ opened }) => {
    const typed = recorded({ flux: [], model: { replies: ['Yes.'] }, controls: [{ at: 500, text: 'hello' }] });
    const page = await opened(timeline(readRecording(typed.lines.join('\n'))), { width: 1280, height: 900 });
    await page.locator('.mark.TurnTaken').hover();

    expect(await shown(page)).toMatch(/^turn text:0 entered the conversation: "hello"/u);
  });

  it('shows transcripts as text, not as markup', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });

    expect(await page.locator('.conversation .said').nth(2).innerText()).toBe(hostile);
    expect(await page.title()).toBe('call.jsonl – timeline');
    expect(await page.locator('img, iframe').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
  });

  it('plays the call and moves the playhead', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    const at = () => page.locator('.playhead').evaluate((head) => new DOMMatrix(getComputedStyle(head).transform).m41);
    await page.locator('.mark.BargeIn').first().click();
    await focus(page);
    await press(page, ' ');
    await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 3.6);
    const cut = await page
      .locator('.mark.BargeIn')
      .first()
      .evaluate((mark) => mark.getBoundingClientRect().x);
    const left = await page.locator('.wide').evaluate((box) => box.getBoundingClientRect().x);

    expect(await at()).toBeGreaterThan(cut - left);
    await press(page, ' ');
    expect(await page.evaluate(() => document.querySelector('audio')?.paused)).toBe(true);
  });

  it('shows the numbers of a bracket, and plays from where it is drawn', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await page.locator('.mark.Latency').first().click();
    expect(await shown(page)).toMatch(
      /^the latency of reply 2 was known: (\d+ ms end-of-turn delay \+ )?\d+ ms to the first sound$/u,
    );

    expect(await page.evaluate(() => document.querySelector('audio')?.currentTime)).toBeCloseTo(2.3, 1);
  });

  it('moves the playhead once a frame, however often the sound was sought', async ({ opened }) => {
    const page = await opened(html, { width: 1280, height: 900 });
    await focus(page);
    await press(page, ' ');
    await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0);

    expect(await page.evaluate(movesAfterSeeking)).toBeLessThan(3);
    await press(page, ' ');
  });

  it('does not scroll back to the playhead after the user has scrolled away', async ({ opened }) => {
    const page = await opened(html, { width: 600, height: 900 });
    const scrolled = () => page.locator('.scroller').evaluate(({ scrollLeft }) => scrollLeft);
    await focus(page);
    await press(page, '+', 3);
    await press(page, ' ');
    await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.1);
    await page.locator('.scroller').evaluate((box) => (box.scrollLeft = box.scrollWidth / 2));
    const away = await scrolled();
    await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.5);

    expect(away).toBeGreaterThan(600);
    expect(await scrolled()).toBe(away);
    await press(page, ' ');
  });

  it('links a sound that is too long to be inlined, and does not request it before it is played', async ({ opened, faults }) => {
    const sound = tone(2000, 1999);
    const page = await opened(timeline(recording, { sound }));

    expect(await page.locator('audio').getAttribute('src')).toBe('sound/of%20it.wav');
    expect(faults).toEqual([]);
  });

  it('is printed in strips, dark on light', async ({ opened }) => {
    const page = await opened(html, { theme: 'dark', width: 960, height: 900, print: true });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const [most] = await colours(page, await look(page, 'timeline-paper'));

    expect(most === '#ffffff' || most === '#f5f7f9').toBe(true);
    expect(await page.locator('.strips svg').count()).toBe(1);
    expect(await page.locator('.chart').isVisible()).toBe(false);
    expect(await page.locator('.conversation').isVisible()).toBe(true);
  });

  it('draws no more elements for a call of 2000 turns than for a short one', async ({ opened }) => {
    const page = await opened(timeline(repeated(recording, 667)), { width: 1280, height: 900 });
    const drawn = () => page.locator('.wide svg *').count();
    await page.locator('.mark').first().waitFor();
    expect(await page.locator('.facts').innerText()).toContain('2001 turns');

    const counts = [await drawn()];
    await focus(page);
    for (let time = 0; time < 14; time++) {
      await press(page, '-');
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      counts.push(await drawn());
    }
    expect(Math.max(...counts)).toBeLessThan(4000);
    expect(counts.at(-1)).toBeGreaterThan(20);
  });
});

/** The distance of the ring from the middle of its mark, in pixels; 0 if the event has no marble. */
function offTheRing(): number {
  const id = document.querySelector('.inspector .id')?.textContent.split(' ')[1] ?? '';
  const marble = document.querySelector(`.mark[data-event="${id}"] > circle`)?.getBoundingClientRect();
  const ring = document.querySelector('.ring')?.getBoundingClientRect();
  if (!marble || !ring) return 0;
  return Math.abs(ring.x + ring.width / 2 - marble.x - marble.width / 2);
}

/** Whether a mark is cut off at the left edge of the chart. */
function cutOff(mark: Element): boolean {
  const box = document.querySelector('.wide')?.getBoundingClientRect();
  return mark.getBoundingClientRect().x < (box?.x ?? 0);
}

/** Seeks six times, then counts how often the playhead is moved in each frame of the screen. */
async function movesAfterSeeking(): Promise<number> {
  const audio = document.querySelector('audio')!;
  for (const second of [1, 2, 3, 1, 2, 3]) {
    audio.currentTime = second;
    await new Promise((done) => audio.addEventListener('seeked', done, { once: true }));
  }
  const request = window.requestAnimationFrame.bind(window);
  let requests = 0;
  window.requestAnimationFrame = (callback) => {
    requests++;
    return request(callback);
  };
  const frames = 10;
  for (let frame = 0; frame < frames; frame++) await new Promise((done) => request(done));
  window.requestAnimationFrame = request;
  return requests / frames;
}

/** The same call many times, one after the other. */
function repeated({ header, lines }: Recorded, times: number): Recorded {
  const callMs = Math.max(...lines.map(({ at }) => at)) + 1000;
  const events = lines.filter((line) => 'event' in line && line.event !== 'Closed');
  const moved = (line: object, time: number) => ({
    ...line,
    ...Object.fromEntries(
      Object.entries(line).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
        const times = ['at', 'endOfSpeech', 'eager', 'endOfTurn', 'firstToken', 'firstAudio', 'firstSound'];
        if (times.includes(name)) return [[name, value === null ? null : Number(value) + time * callMs]];
        if (name === 'id' || name === 'cause') return [[name, Number(value) + time * 10_000]];
        if (name === 'reply') return [[name, Number(value) + time * 100]];
        return name === 'turn' ? [[name, `${time}:${String(value)}`]] : [];
      }),
    ),
  });
  const all = Array.from({ length: times }, (_, time) => events.map((line) => moved(line, time) as typeof line)).flat();
  return { header, lines: all };
}
