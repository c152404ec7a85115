import { connect, defer, filter, map, merge, takeWhile } from 'rxjs';
import type { Frame } from '../../wire/wire.ts';
import { HangUp, type Far } from '../server/peer.ts';
import { nameOf } from './message.ts';
import type { ListenVariant, SpeakVariant } from './variant.ts';

type Variant = ListenVariant & SpeakVariant;

/** A far side that reads, words its answers and closes as a variant of its service does. */
export function varied(far: Far, variant: Partial<Variant>): Far {
  const { warnings, sequence, numbers, emptyFrame, forceEndTurn } = variant;
  const reading: Far = areUnset(emptyFrame, forceEndTurn) ? far : (frames) => frames.pipe(map(read(variant)), far);
  const worded: Far = areUnset(warnings, sequence, numbers)
    ? reading
    : (frames) => defer(() => frames.pipe(reading, map(word(variant))));
  return variant.close === 'at once' ? closingAtOnce(worded) : worded;
}

const areUnset = (...fields: readonly unknown[]) => fields.every((field) => field === undefined);

/** What a client says, as another build takes it. */
function read({ emptyFrame, forceEndTurn }: Partial<Variant>): (frame: Frame) => Frame {
  return (frame) => {
    if (emptyFrame === 'closes' && typeof frame !== 'string' && frame.length === 0) return '{"type":"CloseStream"}';
    return forceEndTurn === 'unknown' && nameOf(frame) === 'ForceEndTurn' ? '{"type":"Unknown"}' : frame;
  };
}

/** The goodbye of a client is answered before all that is still to be said. */
function closingAtOnce(far: Far): Far {
  return (frames) =>
    frames.pipe(
      connect((said) =>
        merge(
          said.pipe(
            filter((frame) => goodbyes.has(nameOf(frame))),
            map((frame) => new HangUp(nameOf(frame) === 'Close' ? 1000 : undefined, '', true)),
          ),
          said.pipe(far),
        ),
      ),
      takeWhile((out) => !(out instanceof HangUp), true),
    );
}

const goodbyes: ReadonlySet<string | undefined> = new Set(['CloseStream', 'Close']);

/** What is answered, in one of its spellings, with numbers of one of the known kinds. */
function word({ warnings, sequence, numbers }: Partial<Variant>): <T extends Frame | HangUp>(out: T) => T | string {
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

const seconds: ReadonlySet<string> = new Set(['audio_window_start', 'audio_window_end', 'start', 'end']);

/** Seconds as the number of single precision just below: 0.48 is 0.47999996. */
function imprecise(name: string, value: unknown): unknown {
  if (!seconds.has(name) || typeof value !== 'number' || value <= 0) return value;
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
