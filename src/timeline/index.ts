export { timeline, type TimelineConfig } from './timeline.ts';
export { openSound, type Sound, type SoundConfig } from './sound.ts';
