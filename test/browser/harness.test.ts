import { describe, expect } from 'vitest';
import { axe } from './axe.ts';
import { inChromium, whereChromiumIs } from './chromium.ts';
import { colours, look } from './look.ts';
import { it } from './opened.ts';
import { loadedMs, longTasks } from './framePace.ts';

/** A page that contains only `body`. */
const html = (body: string) =>
  `<!doctype html><html lang="en"><title>A page</title><body><main><h1>A page</h1>${body}</main></body></html>`;

describe('whereChromiumIs', () => {
  it('returns the path in CHROMIUM even if no file is there, so that the tests fail', () => {
    expect(whereChromiumIs({ CHROMIUM: '/no/such/chromium', PATH: '' })).toBe('/no/such/chromium');
  });

  it('returns undefined if there is no Chromium', () => {
    expect(whereChromiumIs({ CHROMIUM: '', PATH: import.meta.dirname })).toBeUndefined();
  });
});

inChromium('a page that was opened', () => {
  it('is loaded and painted, and has no faults', async ({ opened, faults }) => {
    const page = await opened(
      html(`
        <img alt="" src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='7'/>">
        <img alt="">
        <script>
          console.log(document.title);
          const drawn = new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="8"/>'], { type: 'image/svg+xml' });
          document.images[1].src = URL.createObjectURL(drawn);
        </script>`),
    );

    expect(await page.evaluate(() => [...document.images].map(({ naturalWidth }) => naturalWidth))).toEqual([7, 8]);
    expect(await loadedMs(page)).toBeLessThan(3000);
    expect(faults).toEqual([]);
  });

  it.fails('fails its test if it has a fault, even at the very end', async ({ opened }) => {
    const page = await opened(html(''));
    expect(await page.title()).toBe('A page');
    await page.evaluate(() =>
      setTimeout(() => {
        for (const end = performance.now() + 100; performance.now() < end;);
        console.error('late');
      }),
    );
  });

  it('reports errors and warnings on its console, and exceptions', async ({ opened, faults }) => {
    await opened(html('<script>console.error("a"); console.warn("b"); console.info("c"); throw new Error("d")</script>'));

    await expect.poll(() => faults.length).toBe(3);
    expect(faults.splice(0).toSorted()).toEqual(['console error: a', 'console warning: b', 'thrown: d']);
  });

  it.for([
    ['an image', '<img alt="" src="http://127.0.0.1:9/x">', 'http://127.0.0.1:9/x'],
    ['a style', '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">', 'http://127.0.0.1:9/x.css'],
    ['a fetch', '<script>fetch("http://127.0.0.1:9/x").catch(() => 0)</script>', 'http://127.0.0.1:9/x'],
    ['a beacon', '<script>navigator.sendBeacon("http://127.0.0.1:9/x")</script>', 'http://127.0.0.1:9/x'],
    ['a socket', '<script>new WebSocket("ws://127.0.0.1:19/x")</script>', 'ws://127.0.0.1:19/x'],
    ['another file', '<img alt="" src="file:///etc/hostname">', 'file:///etc/hostname'],
  ] as const)('reports its request for %s', async ([, body, url], { opened, faults }) => {
    await opened(html(body));

    await expect.poll(() => faults).toContain(`request: ${url}`);
    faults.splice(0);
  });

  it('may load its linked files', async ({ opened, faults }) => {
    const chart = new URL('../../docs/tuning.svg', import.meta.url);
    const page = await opened(html(`<img alt="A chart" src="${chart.href}">`), { linked: [chart] });

    expect(await page.evaluate(() => document.images[0]?.naturalWidth)).toBe(760);
    expect(faults).toEqual([]);
  });

  it('matches the media queries of its viewer', async ({ opened }) => {
    const seen = (query: string) => [query, `(${query})`] as const;
    const queries = ['prefers-color-scheme: dark', 'prefers-reduced-motion: reduce', 'width: 390px', 'pointer: coarse'].map(seen);
    const page = await opened(html('<meta name="viewport" content="width=device-width">'), {
      theme: 'dark',
      reducedMotion: true,
      width: 390,
      print: true,
    });
    const plain = await opened(html(''));

    expect(await page.evaluate((all) => all.map(([, query]) => matchMedia(query).matches), queries)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(await plain.evaluate((all) => all.map(([, query]) => matchMedia(query).matches), queries)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(await page.evaluate(() => matchMedia('print').matches)).toBe(true);
    expect(await plain.evaluate(() => matchMedia('print').matches)).toBe(false);
  });
});

inChromium('axe', () => {
  it('finds nothing serious on an accessible page', async ({ opened }) => {
    const page = await opened(html('<img alt="A dot" src="data:,"><p>Words</p>'));

    expect(await axe(page)).toEqual([]);
  });

  it('finds an image without an alternative text, and text with too little contrast', async ({ opened }) => {
    const page = await opened(html('<img src="data:,"><p style="color: #bbb; background: #fff">Words</p>'));

    expect((await axe(page)).toSorted()).toEqual(['critical image-alt: img', 'serious color-contrast: p']);
  });
});

inChromium('longTasks', () => {
  it('returns the tasks since the last call', async ({ opened }) => {
    const page = await opened(html(''));
    await page.evaluate(() =>
      setTimeout(() => {
        for (const end = performance.now() + 120; performance.now() < end;);
      }),
    );
    const long = (await longTasks(page)).find(({ duration }) => duration >= 120);

    expect(long).toBeDefined();
    expect(await longTasks(page)).not.toContainEqual(long);
  });
});

inChromium('loadedMs', () => {
  it('includes the scripts that run before the page can be used', async ({ opened }) => {
    const page = await opened(html('<script>for (const end = performance.now() + 120; performance.now() < end; );</script>'));

    expect(await loadedMs(page)).toBeGreaterThan(120);
  });
});

inChromium('colours', () => {
  it('are those of the screenshot, the most frequent first', async ({ opened }) => {
    const square = '<body style="margin: 0; background: #123456"><div style="width: 10px; height: 10px; background: #fff">';
    const page = await opened(square, { width: 800, height: 600 });

    expect(await colours(page, await look(page, 'square'))).toEqual(['#123456', '#ffffff']);
  });
});
