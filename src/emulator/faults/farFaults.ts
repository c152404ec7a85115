import {
  concat,
  concatMap,
  connect,
  defer,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  takeWhile,
  tap,
  timer,
  type MonoTypeOperatorFunction,
} from 'rxjs';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Far } from '../server/peer.ts';
import { drawn } from './chance.ts';
import { delayed } from './delayed.ts';
import type { Fault } from './fault.ts';
import type { Hit, Hits } from './faults.ts';
import { isNamed, nameOf, without } from './message.ts';
import { pausing, silencing, striking, type Placed } from './place.ts';

type Out = Frame | HangUp;
type FarFault = MonoTypeOperatorFunction<Out>;
type PlacedHit = Omit<Placed<Out>, 'isNamed'>;

/** Remembers where a connection stands; the function returned tells that it was lost there. */
export type MarkPlace = () => () => void;

/**
 * A far side of a WebSocket with faults: whatever it says goes through them, one after another. `markPlace` lets a scenario go
 * on, with the next connection, from where a fault took this one.
 *
 *     far            -C---s---u---E
 *     with a drop    -C---s-H            after: 'StartOfTurn', afterMs: 2; H: HangUp 1006
 */
export function withFaults(far: Far, hits: Hits, markPlace: MarkPlace = () => () => undefined): Far {
  if (hits.length === 0) return far;
  const faulty: Far = (frames) =>
    hits
      .reduce((outs, hit) => outs.pipe(farFault(hit, markPlace)), frames.pipe(far))
      .pipe(takeWhile((out) => !(out instanceof HangUp), true));
  return hits.some(({ fault }) => fault.kind === 'stall') ? listening(faulty) : faulty;
}

/** Goes on taking frames until it completes: what falls silent leaves what it says, and is not deaf. */
function listening(far: Far): Far {
  const over: unique symbol = Symbol('over');
  return (frames) =>
    frames.pipe(
      connect((heard) => merge(concat(heard.pipe(far), of<typeof over>(over)), heard.pipe(ignoreElements()))),
      takeWhile((out) => out !== over),
    );
}

function farFault(hit: Hit, markPlace: MarkPlace): FarFault {
  const fault = farFaults[hit.fault.kind] as ((hit: Hit, markPlace: MarkPlace) => FarFault) | undefined;
  return fault?.(hit, markPlace) ?? ((outs) => outs);
}

/** By kind. What is not here is no matter of what is said: refusals, and how a message is written. */
const farFaults: { readonly [K in Fault['kind']]?: (hit: Hit<K>, markPlace: MarkPlace) => FarFault } = {
  drop: (hit, markPlace) => ending(hit, markPlace, () => [new HangUp(1006)]),
  close: (hit, markPlace) => {
    const { code = 1011, reason } = hit.fault;
    return ending(hit, markPlace, () => [new HangUp(code === 1005 ? undefined : code, reason)]);
  },
  error: (hit, markPlace) => {
    const { code = 'INTERNAL_SERVER_ERROR', message = 'A fault says so.' } = hit.fault;
    return ending(hit, markPlace, (sequence_id) => [
      JSON.stringify({ type: 'Error', sequence_id, code, description: message }),
      new HangUp(undefined),
    ]);
  },
  malformed: (hit) => striking({ ...hit, isNamed }, () => of<Out>('{"type":"TurnInfo","event":')),
  unknown: (hit) => striking({ ...hit, isNamed }, () => of<Out>('{"type":"Weather","description":"no one knows this message"}')),
  stall: (hit, markPlace) => {
    const { forMs } = hit.fault;
    const placed = { ...hit, isNamed };
    return forMs === undefined ? silencing(placed, () => markPlace()()) : pausing(placed, forMs, markPlace);
  },
  duplicate: ({ fault, strikes }) => concatMap((out) => (isNamed(out, fault.of) && strikes() ? [out, out] : [out])),
  missing: ({ fault: { of: name, field }, strikes }) =>
    concatMap((out) => {
      if (!isNamed(out, name) || !strikes()) return [out];
      return field === undefined ? [] : [without(out, field)];
    }),
  late: ({ fault, strikes, random }) =>
    mergeMap((out) => (isNamed(out, fault.of) && strikes() ? timer(drawn(fault, random)).pipe(map(() => out)) : of(out))),
  latency: ({ fault, strikes, random }) => delayed(() => (strikes() ? drawn(fault, random) : 0)),
  slow: ({ fault, strikes, random }) => {
    if (fault.service !== 'listen') return (outs) => outs; // a voice begins each answer late, not its connection
    let first = true;
    return delayed(() => {
      const late = first && strikes();
      first = false;
      return late ? drawn(fault, random) : 0;
    });
  },
  stale: ({ fault: { frames = 3, afterCleared = false }, strikes }) => {
    let last: Out | undefined;
    return concatMap((out) => {
      if (nameOf(out) === 'audio') last = out;
      if (last === undefined || nameOf(out) !== 'Cleared' || !strikes()) return [out];
      const old = Array.from({ length: frames }, () => last as Out);
      last = undefined;
      return afterCleared ? [out, ...old] : [...old, out];
    });
  },
  odd: ({ strikes, random }) =>
    concatMap((out) => (out instanceof Uint8Array && out.length > 1 && strikes() ? cutOddly(out, random()) : [out])),
};

/** At its place the connection ends. Some say a last message, which is numbered like the others. */
function ending(hit: PlacedHit, markPlace: MarkPlace, last: (sequence: number) => readonly Out[]): FarFault {
  return (outs) =>
    defer(() => {
      let sequence = 0;
      const strike = () => {
        markPlace()();
        return from(last(sequence));
      };
      return outs.pipe(
        tap((out) => typeof out === 'string' && sequence++),
        striking({ ...hit, isNamed }, strike),
      );
    });
}

/** In two, the first of an odd length. */
function cutOddly(frame: Uint8Array, chance: number): Uint8Array[] {
  const length = 1 + 2 * Math.floor((chance * frame.length) / 2);
  return [frame.subarray(0, length), frame.subarray(length)];
}
