import type { Delay, Fault, FaultyService, Place } from '../../emulator/faults/fault.ts';
import type { Arbitrary, FastCheck } from './fastCheck.ts';

/**
 * An arbitrary of one to three faults of the services, of any kind (docs/faults.md), for calls through wires.
 *
 *     fc.record({ call: calls(fc), faults: faults(fc) }).map(({ call, faults }) => ({ ...call, faults }));
 */
export function faults(fc: FastCheck): Arbitrary<readonly Fault[]> {
  const { constant, constantFrom, record } = fc;
  const aim = fc.oneof(
    constantFrom({ connection: 0 }, { connection: 1 }, { connection: 2 }),
    constantFrom({ times: 1 }, { times: 2 }, { times: 5 }, {}),
  );
  const afterMs = constantFrom(0, 20, 300, 1200, 4000);
  const place = (...names: readonly string[]): Arbitrary<Place> =>
    fc.oneof<Arbitrary<Place>[]>(
      constant({}),
      record({ afterMs }),
      record({ after: constantFrom(...names), afterMs }),
      record({ after: constantFrom(...names), afterMessages: constantFrom(2, 3) }),
    );
  const delay: Arbitrary<Delay> = record({ ms: constantFrom(30, 400, 3000), jitterMs: constantFrom(0, 300) });

  /** Faults of any socket. */
  const ofSocket = (service: 'listen' | 'speak', ...names: readonly string[]): Arbitrary<Fault>[] => {
    const placed = place(...names);
    const of = constantFrom(...names);
    return [
      record({ service: constant(service), kind: constant('refuse'), status: constantFrom(503, 429, 500, 401) }),
      record({ service: constant(service), kind: constant('stall') }).chain((fault) => placed.map((at) => ({ ...fault, ...at }))),
      placed.map((at): Fault => ({ service, kind: 'stall', forMs: 2000, ...at })),
      placed.map((at): Fault => ({ service, kind: 'drop', ...at })),
      record({ code: constantFrom(1011, 1008, 1005, 1000), at: placed }).map(({ code, at }): Fault => ({
        service,
        kind: 'close',
        code,
        ...at,
      })),
      constantFrom('malformed', 'unknown').chain((kind) => placed.map((at): Fault => ({ service, kind, ...at }))),
      constantFrom('duplicate', 'missing').chain((kind) => of.map((of): Fault => ({ service, kind, of }))),
      record({ of, delay }).map(({ of, delay }): Fault => ({ service, kind: 'late', of, ...delay })),
    ];
  };
  const slow = (service: FaultyService): Arbitrary<Fault> =>
    constantFrom('slow', 'latency').chain((kind) => delay.map((delay): Fault => ({ service, kind, ...delay })));

  const listen = [
    ...ofSocket('listen', 'StartOfTurn', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn', 'Update'),
    record({
      code: constantFrom('INTERNAL_SERVER_ERROR', 'NET-0001', 'UNPARSABLE_CLIENT_MESSAGE'),
      at: place('StartOfTurn', 'EndOfTurn'),
    }).map(({ code, at }): Fault => ({ service: 'listen', kind: 'error', code, ...at })),
    slow('listen'),
  ];
  const speak = [
    ...ofSocket('speak', 'audio', 'Flushed', 'Cleared', 'Metadata'),
    constantFrom<Fault>({ service: 'speak', kind: 'odd' }, { service: 'speak', kind: 'stale' }),
    constant<Fault>({ service: 'speak', kind: 'stale', afterCleared: true }),
    slow('speak'),
  ];
  const tokens: Arbitrary<Place> = fc.oneof(constant({}), record({ afterMessages: constantFrom(1, 3) }));
  const chat = [
    record({ status: constantFrom(500, 429, 401) }).map(({ status }): Fault => ({ service: 'chat', kind: 'refuse', status })),
    constantFrom('stall', 'drop', 'end', 'error', 'malformed', 'unknown').chain((kind) =>
      tokens.map((at): Fault => ({ service: 'chat', kind, ...at })),
    ),
    constantFrom('length', 'content_filter', 'tool_calls', 'refusal').chain((reason) =>
      tokens.map((at): Fault => ({ service: 'chat', kind: 'finish', reason, ...at })),
    ),
    slow('chat'),
  ];
  const fault = fc.oneof(fc.oneof(...listen), fc.oneof(...speak), fc.oneof(...chat));
  const aimed = record({ fault, aim }).map(({ fault, aim }): Fault => ({ ...fault, ...aim }));
  return fc.array(aimed, { minLength: 1, maxLength: 3 });
}
