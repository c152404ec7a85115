export type * from './events.ts';
export * from './duration.ts';
export * from './history.ts';
export * from './holdUntil.ts';
export * from './inTurn.ts';
export * from './latency.ts';
export * from './paced.ts';
export * from './rechunk.ts';
