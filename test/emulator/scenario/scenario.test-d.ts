import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  auraWire,
  fluxWire,
  lazily,
  parseScenario,
  scripted,
  scriptedThink,
  type FluxRow,
  type Backend,
  type Scenario,
} from '../../../src/emulator/index.ts';
import type { Wire } from '../../../src/wire/wire.ts';

describe('scenarios', () => {
  it('are returned by parseScenario and accepted by wires and backends', () => {
    expectTypeOf(parseScenario).returns.toEqualTypeOf<Scenario>();
    expectTypeOf(fluxWire).parameter(0).toEqualTypeOf<Scenario>();
    expectTypeOf(fluxWire).returns.toEqualTypeOf<Wire>();
    expectTypeOf(auraWire).returns.toEqualTypeOf<Wire>();
    expectTypeOf(scripted).returns.toEqualTypeOf<Backend>();
    expectTypeOf(scriptedThink({})).toEqualTypeOf<Backend['think']>();
  });

  it('may be empty', () => {
    expectTypeOf({}).toExtend<Scenario>();
  });

  it('have rows of three kinds', () => {
    expectTypeOf<{ at: 1; message: { type: 'Novelty' } }>().toExtend<FluxRow>();
    expectTypeOf<{ at: 1; drop: true }>().toExtend<FluxRow>();
    expectTypeOf<{ at: 1; error: { code: 'X' } }>().toExtend<FluxRow>();
    expectTypeOf<{ at: 1; drop: false }>().not.toExtend<FluxRow>();
    expectTypeOf<{ message: { type: 'Novelty' } }>().not.toExtend<FluxRow>();
    expectTypeOf<{ at: 1 }>().not.toExtend<FluxRow>();
  });
});

describe('lazily', () => {
  it('keeps the type of rows', () => {
    expectTypeOf(lazily([{ at: 1, letter: 'a' }])).toEqualTypeOf<Observable<{ at: number; letter: string }>>();
  });
});
