export { auraWire } from './auraWire.ts';
export { fluxWire } from './fluxWire.ts';
export { lazily } from './lazily.ts';
export { parseScenario } from './parseScenario.ts';
export * from './scenario.ts';
export { scripted } from './scripted.ts';
export { RefusedRequest, scriptedThink, type ModelMoment } from './scriptedThink.ts';
export { tone } from './tone.ts';
