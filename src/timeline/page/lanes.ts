/** The lanes from top to bottom, with their heights in pixels. */
const heights = {
  caller: 66,
  Flux: 84,
  drafts: 34,
  tokens: 30,
  sentences: 34,
  agent: 80,
  latency: 38,
  cuts: 30,
  faults: 30,
} as const;

export type LaneName = keyof typeof heights;

export interface Lane {
  readonly name: LaneName;
  readonly top: number;
  readonly height: number;
}

export const axisHeight = 24;
const gap = 8;

export const lanes: readonly Lane[] = Object.entries(heights).map(([name, height], index, all) => ({
  name: name as LaneName,
  height,
  top: all.slice(0, index).reduce((sum, [, above]) => sum + above + gap, axisHeight + gap),
}));

export const chartHeight = lanes.reduce((end, { top, height }) => Math.max(end, top + height), 0) + gap;

const byName = new Map(lanes.map((lane) => [lane.name, lane]));
export const lane = (name: LaneName) => byName.get(name) as Lane;
