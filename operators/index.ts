export type * from './events.ts';

export * from './turns/bargeIn.ts';
export * from './turns/drafts.ts';
export * from './turns/equivalent.ts';
export * from './turns/floor.ts';
export * from './turns/orderly.ts';
export * from './turns/policy.ts';
export * from './turns/replyMap.ts';
export * from './turns/speculateWithin.ts';

export * from './speech/heard.ts';
export * from './speech/hearing.ts';
export { plainWords } from './speech/plainWords.ts';
export * from './speech/sentences.ts';
export * from './speech/speakable.ts';

export * from './call/causes.ts';
export * from './call/history.ts';
export * from './call/idle.ts';
export * from './call/latency.ts';
export * from './call/ledger.ts';

export * from './audio/duration.ts';
export * from './audio/paced.ts';
export * from './audio/rechunk.ts';

export * from './core/firstWithin.ts';
export * from './core/holdUntil.ts';
export * from './core/inTurn.ts';
export * from './core/noting.ts';
export * from './core/withFallback.ts';
