import { chance } from './chance.ts';
import type { Fault, FaultOf, FaultyService } from './fault.ts';

/** A fault that is for this connection. */
export interface Hit<K extends Fault['kind'] = Fault['kind']> {
  readonly fault: FaultOf<K>;
  /** Asked at each occasion: whether it strikes now. */
  readonly strikes: () => boolean;
  /** Chance of this fault and connection alone, so that what others do changes nothing. */
  readonly random: () => number;
}

/** The faults of one connection, in their order. */
export type Hits = readonly Hit[];

/** Those of one kind. */
export function hitsOf<K extends Fault['kind']>(hits: Hits, kind: K): readonly Hit<K>[] {
  return hits.filter(({ fault }) => fault.kind === kind) as unknown as readonly Hit<K>[];
}

/** The faults of the far sides as they are set now; it counts connections and strikes. */
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

  /** They are for the connections and requests that come from now on. */
  add(faults: readonly Fault[]): void {
    this.#set.push(...faults.map((fault) => ({ fault, index: this.#added++, struck: 0 })));
  }

  /** Connections keep theirs. */
  clear(): void {
    this.#set = [];
  }

  /** What goes wrong with the next connection, or request, of a service. */
  next(service: FaultyService): Hits {
    const connection = this.#connections[service]++;
    return this.#set
      .filter(({ fault }) => fault.service === service && (fault.connection ?? connection) === connection)
      .map((one) => {
        const { fault, index } = one;
        const { times = Infinity, probability = 1 } = fault;
        const random = chance(this.#seed, index, connection);
        const strikes = () => {
          const struck = one.struck < times && random() < probability;
          if (struck) one.struck++;
          return struck;
        };
        return { fault, strikes, random };
      });
  }
}
