export type { EmulatorEvent } from './events.ts';
export type { Fault } from './faults/fault.ts';
export { parseFaults } from './faults/parseFaults.ts';
export type { ChatMessage, ListenSettings, Mind, MindInput, MindOutput, VoiceSettings } from './mind.ts';
export * from './scenario.ts';
export { emulator, type Emulator, type EmulatorOptions } from './server.ts';
