import { seededRandom } from '../../../operators/core/seededRandom.ts';
import type { Fault, FaultOf, FaultyService } from './fault.ts';
import type { Variant } from './variant.ts';

/** A fault that applies to one connection. */
export interface Hit<K extends Fault['kind'] = Fault['kind']> {
  readonly fault: FaultOf<K>;
  /** Called at each occasion. Returns whether the fault strikes now. */
  readonly strikes: () => boolean;
  /** The random numbers of this fault and connection. Other faults do not change them. */
  readonly random: () => number;
}

/** The faults of one connection, in their order. */
export type Hits = readonly Hit[];

/** The faults of one kind. */
export function hitsOf<K extends Fault['kind']>(hits: Hits, kind: K): readonly Hit<K>[] {
  return hits.filter(({ fault }) => fault.kind === kind) as unknown as readonly Hit<K>[];
}

/** The variant of the service for one connection. Where several set the same field, the last one wins. */
export function variantOf(hits: Hits): Partial<Variant> {
  const struck = hitsOf(hits, 'variant').filter(({ strikes }) => strikes());
  return struck.reduce<Partial<Variant>>((variant, { fault }) => ({ ...variant, ...fault }), {});
}

/** The faults that are set now. Counts connections and strikes. */
export class Faults {
  readonly #seed: number;
  readonly #connections: Record<FaultyService, number> = { listen: 0, speak: 0, chat: 0 };
  #set: { readonly fault: Fault; readonly index: number; struck: number }[] = [];
  #added = 0;

  constructor(faults: readonly Fault[] = [], seed = 1) {
    this.#seed = seed;
    this.add(faults);
  }

  get all(): readonly Fault[] {
    return this.#set.map(({ fault }) => fault);
  }

  /** Adds faults for later connections and requests. */
  add(faults: readonly Fault[]): void {
    this.#set.push(...faults.map((fault) => ({ fault, index: this.#added++, struck: 0 })));
  }

  /** Removes all faults. Open connections keep theirs. */
  clear(): void {
    this.#set = [];
  }

  /** The faults of the next connection (of `chat`: request) of a service. */
  next(service: FaultyService): Hits {
    const connection = this.#connections[service]++;
    return this.#set
      .filter(({ fault }) => fault.service === service && (fault.connection ?? connection) === connection)
      .map((one) => {
        const { fault, index } = one;
        const { times = Infinity, probability = 1 } = fault;
        const random = seededRandom(this.#seed, index, connection);
        const strikes = () => {
          const struck = one.struck < times && random() < probability;
          if (struck) one.struck++;
          return struck;
        };
        return { fault, strikes, random };
      });
  }
}
