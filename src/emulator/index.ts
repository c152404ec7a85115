export type { EmulatorEvent } from './server/serverContext.ts';
export type { Fault } from './faults/fault.ts';
export { parseFaults } from './faults/parseFaults.ts';
export type { ChatMessage, ListenSettings, Backend, BackendInput, BackendOutput, VoiceSettings } from './backend.ts';
export * from './scenario/index.ts';
export { emulator, type Emulator, type EmulatorOptions } from './server/server.ts';
