export { isReplaceable, openFileSink, type FileSink } from './fileSink.ts';
export { kindOf, recordingVersion, type Header, type Kind, type Line, type LineKinds } from './lines.ts';
export { readRecording, type Recorded } from './readRecording.ts';
export { record, type RecordConfig, type Recording, type Sink } from './record.ts';
export { tapped, type WireTap } from './tapped.ts';
export { thresholds, withThresholds, type Retold, type Thresholds } from './thresholds.ts';
export { tune, type Judged, type Recommendation, type TuneConfig, type TunedCall, type Tuning } from './tune.ts';
export { tuneChart } from './tuneChart.ts';
