import { connect, defer, filter, map, merge, takeWhile } from 'rxjs';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Peer } from '../server/peer.ts';
import { nameOf } from './message.ts';
import type { SpeakVariant, Variant } from './variant.ts';

/** A service that reads frames, words its answers and closes as a variant does. */
export function withVariant(peer: Peer, variant: Partial<Variant>): Peer {
  const { warnings, sequence, numbers, emptyFrame, forceEndTurn } = variant;
  const reading: Peer = areUnset(emptyFrame, forceEndTurn) ? peer : (frames) => frames.pipe(map(reader(variant)), peer);
  const worded: Peer = areUnset(warnings, sequence, numbers)
    ? reading
    : (frames) => defer(() => frames.pipe(reading, map(rewording(variant))));
  return variant.close === 'at once' ? closingAtOnce(worded) : worded;
}

const areUnset = (...fields: readonly unknown[]) => fields.every((field) => field === undefined);

/** Replaces a client's frame by one that has the meaning of this build. */
function reader({ emptyFrame, forceEndTurn }: Partial<Variant>): (frame: Frame) => Frame {
  return (frame) => {
    if (emptyFrame === 'closes' && typeof frame !== 'string' && frame.length === 0) return '{"type":"CloseStream"}';
    return forceEndTurn === 'unknown' && nameOf(frame) === 'ForceEndTurn' ? '{"type":"Unknown"}' : frame;
  };
}

/** Answers the closing message of a client before anything that is still to be sent. */
function closingAtOnce(peer: Peer): Peer {
  return (frames) =>
    frames.pipe(
      connect((shared) =>
        merge(
          shared.pipe(
            filter((frame) => closings.has(nameOf(frame))),
            map((frame) => new HangUp(nameOf(frame) === 'Close' ? 1000 : undefined, '', true)),
          ),
          shared.pipe(peer),
        ),
      ),
      takeWhile((out) => !(out instanceof HangUp), true),
    );
}

const closings: ReadonlySet<string | undefined> = new Set(['CloseStream', 'Close']);

/** Rewrites messages of the service: the fields of warnings, the counting, the precision of seconds. */
function rewording({ warnings, sequence, numbers }: Partial<Variant>): <T extends Frame | HangUp>(out: T) => T | string {
  const counts = { Flushed: 0, Cleared: 0 };
  return (out) => {
    const name = nameOf(out);
    if (typeof out !== 'string') return out;
    if (numbers !== undefined) return JSON.stringify(JSON.parse(out), imprecise);
    if (name === 'Warning' && warnings !== undefined) return only(out, ['type', ...spellings[warnings]]);
    if (sequence === undefined || (name !== 'Flushed' && name !== 'Cleared')) return out;
    return JSON.stringify({ type: name, sequence_id: sequence === 'zero' ? 0 : counts[name]++ });
  };
}

const secondsFields: ReadonlySet<string> = new Set(['audio_window_start', 'audio_window_end', 'start', 'end']);

/** Replaces seconds by the number of single precision just below: 0.48 is 0.47999996. */
function imprecise(name: string, value: unknown): unknown {
  if (!secondsFields.has(name) || typeof value !== 'number' || value <= 0) return value;
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value);
  bytes.setUint32(0, bytes.getUint32(0) - 1);
  return Number(bytes.getFloat32(0).toPrecision(8));
}

const spellings: Readonly<Record<NonNullable<SpeakVariant['warnings']>, readonly string[]>> = {
  code: ['code', 'description'],
  warn_code: ['warn_code', 'warn_msg'],
  'code only': ['code'],
};

function only(message: string, names: readonly string[]): string {
  const fields = Object.entries(JSON.parse(message) as object);
  return JSON.stringify(Object.fromEntries(fields.filter(([name]) => names.includes(name))));
}
