import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';
import { connectionsOf, frameOf, typeOf, type Connection } from '../file/connections.ts';
import { fromRecordedError } from '../file/errorLine.ts';
import type { Line } from '../file/lines.ts';
import { Playing, type Conductor, type Deed } from './conductor.ts';
import type { Retelling } from './retelling.ts';

/** How a Flux is replayed. */
export interface FluxPlay {
  readonly start: number;
  /** What each connection says in the place of what it said. Default: what it said. */
  readonly retelling?: ((connection: number) => Retelling) | undefined;
}

/** How late an answer may be asked for before it comes by itself. */
const slackMs = 50;

/**
 * The Flux of a recording, as a wire: the nth subscription is the nth connection. It stands when it stood, and says what it said
 * when it said it, whatever it hears; only what answered a frame in its moment waits for that frame, and what followed
 * `CloseStream` waits for ours. A connection that the recording does not have never stands.
 *
 * With a `retelling` it says that in the place of what it said.
 */
export function replayedFlux(lines: readonly Line[], conductor: Conductor, { start, retelling }: FluxPlay): Wire {
  const connections = connectionsOf(lines, 'listen');
  let next = 0;
  return (frames) =>
    new Observable((out) => {
      const number = next++;
      const connection = connections[number];
      if (connection) new Told(connection, start, retelling?.(number)).play(new Playing(conductor, out), frames, out);
    });
}

/** One connection: what we have sent, and what of it is answered when. */
class Told {
  readonly #connection: Connection;
  readonly #start: number;
  readonly #retelling: Retelling | undefined;
  #sent = 0;
  /** How often we ended a turn in the recording, and have not yet in the replay. */
  #forces: number;
  /** When we said goodbye in the replay. */
  #goodbyeAt = Infinity;

  constructor(connection: Connection, start: number, retelling: Retelling | undefined) {
    this.#connection = connection;
    this.#start = start;
    this.#retelling = retelling;
    this.#forces = connection.rows.filter(({ way, frame }) => way === 'sent' && typeOf(frameOf(frame)) === 'ForceEndTurn').length;
  }

  play(playing: Playing<Frame>, frames: Observable<Frame>, out: Subscriber<Frame>): void {
    const { open } = this.#connection;
    const send = (frame: Frame) => {
      this.#sent++;
      const type = typeOf(frame);
      if (type === 'CloseStream') this.#goodbyeAt = asyncScheduler.now();
      playing.hurry();
      if (type === 'ForceEndTurn' && this.#forces-- <= 0) this.#retelling?.forced().forEach((frame) => out.next(frame));
    };
    const listen = () => out.add(frames.subscribe({ next: send, error: (error: unknown) => out.error(error) }));
    const opening = open ? [{ due: this.#start + open.at, place: open.place, give: listen }] : [];
    playing.add([...opening, ...this.#deeds()]);
  }

  #told(frame: Frame): readonly Frame[] {
    return this.#retelling?.told(frame) ?? [frame];
  }

  #deeds(): readonly Deed<Frame>[] {
    const { rows, end } = this.#connection;
    const deeds: Deed<Frame>[] = [];
    let sent = 0;
    let sentAt: number | undefined;
    let goodbyeAt: number | undefined;
    for (const { at, way, frame: recorded, place } of rows) {
      const frame = frameOf(recorded);
      if (way === 'got') {
        const give = (out: Subscriber<Frame>) => this.#told(frame).forEach((one) => out.next(one));
        deeds.push(this.#deed({ at, place, answers: sentAt === at ? sent : undefined, goodbyeAt }, give));
        continue;
      }
      sent++;
      sentAt = at;
      if (typeOf(frame) === 'CloseStream') goodbyeAt ??= at;
    }
    if (!end) return deeds;
    const { at, place, error } = end;
    const give = (out: Subscriber<Frame>) => (error ? out.error(fromRecordedError(error)) : out.complete());
    return [...deeds, this.#deed({ at, place, answers: sentAt === at ? sent : undefined, goodbyeAt }, give)];
  }

  #deed({ at, place, answers, goodbyeAt }: Known, give: Deed<Frame>['give']): Deed<Frame> {
    const due = () => (goodbyeAt === undefined ? this.#start + at : this.#goodbyeAt + at - goodbyeAt);
    const isAwaited = () => answers !== undefined && this.#sent < answers;
    return {
      place,
      give,
      get due() {
        return due() + (isAwaited() ? slackMs : 0);
      },
    };
  }
}

/** What is known of something that Flux did. */
interface Known {
  readonly at: number;
  readonly place: number;
  /** How many frames had been sent, where it came in the moment of the last of them. */
  readonly answers: number | undefined;
  /** When `CloseStream` had been sent, where it came after it. */
  readonly goodbyeAt: number | undefined;
}
