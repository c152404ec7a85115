import type { Page } from 'playwright-core';

/** Takes a screenshot of the window, and saves it as `out/looks/<name>.png`. */
export async function look(page: Page, name: string): Promise<Buffer> {
  return page.screenshot({ path: `out/looks/${name}.png`, animations: 'disabled' });
}

/** Lists the colours of a screenshot, `#rrggbb`, the most frequent first. A blank page has one. */
export async function colours(page: Page, png: Buffer): Promise<readonly string[]> {
  const scratch = await page.context().browser()!.newPage();
  const counted = await scratch.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
      canvas.drawImage(image, 0, 0);
      const pixels = new DataView(canvas.getImageData(0, 0, image.width, image.height).data.buffer);
      const counts = new Map<number, number>();
      for (let at = 0; at < pixels.byteLength; at += 4) {
        const colour = pixels.getUint32(at) >>> 8;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      return [...counts];
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
  await scratch.context().close();
  return counted.toSorted(([, a], [, b]) => b - a).map(([colour]) => `#${colour.toString(16).padStart(6, '0')}`);
}
