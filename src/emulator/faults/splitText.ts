/** Cuts text into pieces of bytes: at one random place, and inside each character of several bytes. */
export function pieces(text: string, random: number): Buffer[] {
  const bytes = Buffer.from(text);
  const cuts = [1 + Math.floor(random * (bytes.length - 1))];
  bytes.forEach((byte, at) => (byte & 0xc0) === 0x80 && cuts.push(at));
  const places = [0, ...new Set(cuts.sort((a, b) => a - b)), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
