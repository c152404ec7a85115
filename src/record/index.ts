export { isReplaceable, openFileSink, type FileSink } from './fileSink.ts';
export { kindOf, recordingVersion, type Header, type Kind, type Line, type LineKinds } from './lines.ts';
export { readRecording, type Recorded } from './readRecording.ts';
export { record, type RecordConfig, type Recording, type Sink } from './record.ts';
export { tapped, type WireTap } from './tapped.ts';
