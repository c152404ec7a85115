import type { FaultSchema } from './faultSchema.ts';

type Fields = Extract<FaultSchema, { readonly kind: 'variant' }>;
type OfSockets = 'close' | 'idleMs' | 'idleCode' | 'unknownParameters';
type OfListen = 'emptyFrame' | 'forceEndTurn' | 'maxPending' | 'eagerNull' | 'numbers' | 'refusals';
type OfSpeak = 'sound' | 'warnings' | 'emptyFlush' | 'cutFlush' | 'sequence';

/** Other ways in which Flux may behave (docs/wire/flux.md §12). Without a field it behaves as docs/emulator.md says. */
export type ListenVariant = Pick<Fields, OfSockets | OfListen>;

/** Other ways in which Aura may behave (docs/wire/aura.md A3 to A5, A8). Without a field it behaves as docs/emulator.md says. */
export type SpeakVariant = Pick<Fields, OfSockets | OfSpeak>;

/** Other ways in which services compatible with OpenAI behave. */
export type ChatVariant = Pick<Fields, 'done'>;

export type Variant = ListenVariant & SpeakVariant & ChatVariant;
