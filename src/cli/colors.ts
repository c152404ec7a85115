import pc from 'picocolors';

/** Functions that color a text. No meaning is in a color alone. */
export type Colors = ReturnType<typeof pc.createColors>;

export const plain: Colors = pc.createColors(false);

/** The colors of a terminal; none if `NO_COLOR` is set to something (no-color.org), and none for a pipe or a file. */
export function colorsFor(stream: { readonly isTTY?: boolean }): Colors {
  return pc.createColors(stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb');
}
