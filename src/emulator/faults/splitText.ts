/** Text as bytes in several pieces, cut at a place of chance and inside each character that is more than a byte. */
export function pieces(text: string, chance: number): Buffer[] {
  const bytes = Buffer.from(text);
  const cuts = [1 + Math.floor(chance * (bytes.length - 1))];
  bytes.forEach((byte, at) => (byte & 0xc0) === 0x80 && cuts.push(at));
  const places = [0, ...new Set(cuts.sort((a, b) => a - b)), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
