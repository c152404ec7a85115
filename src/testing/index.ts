export type { AudibleSpan, Request, Result, Said, Violation } from './result.ts';
export { simulate, type OwnAgent, type Sides, type SimulateConfig, type TurnOperator } from './simulate.ts';
export { turnEvent, turns } from './turns.ts';
export { parseScenario } from '../emulator/parseScenario.ts';
export type { Scenario } from '../emulator/scenario.ts';
