import type { FaultSchema } from './faultSchema.ts';
import type { ChatVariant, ListenVariant, SpeakVariant } from './variant.ts';

/**
 * A fault of an emulated service (docs/wire/flux.md §11.10, docs/wire/aura.md A8.8, docs/wire/openai.md B6.5). docs/faults.md
 * lists them all. The source is `fault.schema.json`; it cannot give the variants of each service a type.
 */
export type Fault =
  | Exclude<FaultSchema, AnyVariant>
  | VariantOf<'listen', ListenVariant>
  | VariantOf<'speak', SpeakVariant>
  | VariantOf<'chat', ChatVariant>;

export type FaultOf<K extends Fault['kind']> = Extract<Fault, { readonly kind: K }>;

type AnyVariant = Extract<FaultSchema, { readonly kind: 'variant' }>;
type VariantOf<Service, Fields> = Pick<AnyVariant, 'kind' | 'connection' | 'times' | 'probability'> & {
  readonly service: Service;
} & Fields;

/** The services that can have faults. */
export type FaultyService = Fault['service'];

/** When a fault happens. Default: before the first message. Several fields apply one after the other. */
export type Place = Pick<FaultOf<'drop'>, 'after' | 'afterMessages' | 'afterMs'>;

/** A delay: `ms` and a random part. */
export type Delay = Pick<FaultOf<'slow'>, 'ms' | 'jitterMs' | 'distribution'>;

/** Why a model stops early: the answer is too long, is filtered, needs a tool, or is refused. */
export type FinishReason = FaultOf<'finish'>['reason'];
