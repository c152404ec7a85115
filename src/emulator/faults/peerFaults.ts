import { concat, connect, defer, delay, ignoreElements, merge, mergeMap, of, takeWhile, tap, type OperatorFunction } from 'rxjs';
import { severally } from '../../../operators/core/severally.ts';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Peer } from '../server/peer.ts';
import { delayed } from './delayed.ts';
import type { Fault } from './fault.ts';
import type { Hit, Hits } from './faults.ts';
import { isNamed, nameOf, without } from './message.ts';
import { pauseAt, silenceFrom, insertAt, type Placed } from './place.ts';
import { randomDelay } from './randomDelay.ts';

type Out = Frame | HangUp;
type PeerFault = OperatorFunction<Out, Out>;
type PlacedHit = Omit<Placed<Out>, 'isNamed'>;

/** Remembers the current place of a scenario. Call the returned function when the connection is lost there. */
export type MarkPlace = () => () => void;

/**
 * Adds faults to a service behind a WebSocket. Its messages pass the faults one after another. With `markPlace`, a scenario
 * continues on the next connection from the place where a fault ended this one.
 *
 *     peer           -C---s---u---E
 *     with a drop    -C---s-H            after: 'StartOfTurn', afterMs: 2; H: HangUp 1006
 */
export function withFaults(peer: Peer, hits: Hits, markPlace: MarkPlace = () => () => undefined): Peer {
  if (hits.length === 0) return peer;
  const faulty: Peer = (frames) =>
    hits
      .reduce((outs, hit) => outs.pipe(peerFault(hit, markPlace)), frames.pipe(peer))
      .pipe(takeWhile((out) => !(out instanceof HangUp), true));
  return hits.some(({ fault }) => fault.kind === 'stall') ? keepReading(faulty) : faulty;
}

/** Reads the client's frames until it completes, even while a fault silences its own messages. */
function keepReading(peer: Peer): Peer {
  const over: unique symbol = Symbol('over');
  return (frames) =>
    frames.pipe(
      connect((shared) => merge(concat(shared.pipe(peer), of<typeof over>(over)), shared.pipe(ignoreElements()))),
      takeWhile((out) => out !== over),
    );
}

function peerFault(hit: Hit, markPlace: MarkPlace): PeerFault {
  const fault = peerFaults[hit.fault.kind] as ((hit: Hit, markPlace: MarkPlace) => PeerFault) | undefined;
  return fault?.(hit, markPlace) ?? ((outs) => outs);
}

/** By kind. The other kinds do not act on messages: `refuse`, `split`, `variant` and those of `chat`. */
const peerFaults: { readonly [K in Fault['kind']]?: (hit: Hit<K>, markPlace: MarkPlace) => PeerFault } = {
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
  malformed: (hit) => insertAt<Out>({ ...hit, isNamed }, () => ['{"type":"TurnInfo","event":']),
  unknown: (hit) => insertAt<Out>({ ...hit, isNamed }, () => ['{"type":"Weather","description":"no one knows this message"}']),
  stall: (hit, markPlace) => {
    const { forMs } = hit.fault;
    const placed = { ...hit, isNamed };
    return forMs === undefined ? silenceFrom(placed, () => markPlace()()) : pauseAt(placed, forMs, markPlace);
  },
  duplicate: ({ fault, strikes }) => severally((out) => (isNamed(out, fault.of) && strikes() ? [out, out] : [out])),
  missing: ({ fault: { of: name, field }, strikes }) =>
    severally((out) => {
      if (!isNamed(out, name) || !strikes()) return [out];
      return field === undefined ? [] : [without(out, field)];
    }),
  late: ({ fault, strikes, random }) =>
    mergeMap((out) => (isNamed(out, fault.of) && strikes() ? of(out).pipe(delay(randomDelay(fault, random))) : of(out))),
  latency: ({ fault, strikes, random }) => delayed(() => (strikes() ? randomDelay(fault, random) : 0)),
  slow: ({ fault, strikes, random }) => {
    if (fault.service !== 'listen') return (outs) => outs; // A voice delays each answer, not the connection.
    let first = true;
    return delayed(() => {
      const late = first && strikes();
      first = false;
      return late ? randomDelay(fault, random) : 0;
    });
  },
  stale: ({ fault: { frames = 3, afterCleared = false }, strikes }) => {
    let last: Out | undefined;
    return severally((out) => {
      if (nameOf(out) === 'audio') last = out;
      if (last === undefined || nameOf(out) !== 'Cleared' || !strikes()) return [out];
      const old = Array.from({ length: frames }, () => last as Out);
      last = undefined;
      return afterCleared ? [out, ...old] : [...old, out];
    });
  },
  odd: ({ strikes, random }) =>
    severally((out) => (out instanceof Uint8Array && out.length > 1 && strikes() ? cutOddly(out, random()) : [out])),
};

/** Ends the connection at the place of the fault. A last message gets the next sequence number. */
function ending(hit: PlacedHit, markPlace: MarkPlace, last: (sequence: number) => readonly Out[]): PeerFault {
  return (outs) =>
    defer(() => {
      let sequence = 0;
      const strike = () => {
        markPlace()();
        return last(sequence);
      };
      return outs.pipe(
        tap((out) => typeof out === 'string' && sequence++),
        insertAt({ ...hit, isNamed }, strike),
      );
    });
}

/** Cuts a frame in two; the first part has an odd length. */
function cutOddly(frame: Uint8Array, random: number): Uint8Array[] {
  const length = 1 + 2 * Math.floor((random * frame.length) / 2);
  return [frame.subarray(0, length), frame.subarray(length)];
}
