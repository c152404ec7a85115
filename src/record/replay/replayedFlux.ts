import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import type { Frame, Wire } from '../../wire/wire.ts';
import { connectionsOf, frameOf, type Connection } from '../file/connections.ts';
import { fromRecordedError } from '../file/recordedError.ts';
import type { Line } from '../file/lines.ts';
import { messageOf } from '../messageOf.ts';
import { ActionQueue, type Action } from './actionQueue.ts';
import type { RedecidedTurns } from './redecidedTurns.ts';
import type { ReplayScheduler } from './replayScheduler.ts';

/** How long an answer waits for the frame that it answers. */
const slackMs = 50;

/**
 * The Flux of a recording, as a wire: the nth subscription is the nth connection. It opens and sends at the recorded times, whatever
 * it receives. Two things wait for our frames: an answer in the same millisecond as a frame waits for that frame, and what followed
 * `CloseStream` waits for ours. A connection that the recording does not have never opens.
 */
export function replayedFlux(
  lines: readonly Line[],
  scheduler: ReplayScheduler,
  /** Decides the turns of a connection anew. Default: they are as recorded. */
  redecide?: (connection: number) => RedecidedTurns,
): Wire {
  const connections = connectionsOf(lines, 'listen');
  let next = 0;
  return (frames) =>
    new Observable((out) => {
      const number = next++;
      const connection = connections[number];
      if (connection) new ReplayedConnection(connection, redecide?.(number)).play(new ActionQueue(scheduler, out), frames, out);
    });
}

/** Counts the frames that we send on one connection, and times its answers by them. */
class ReplayedConnection {
  readonly #connection: Connection;
  readonly #redecided: RedecidedTurns | undefined;
  #sent = 0;
  /** How many recorded `ForceEndTurn`s the replay has not sent yet. */
  #forces: number;
  /** When the replay sent `CloseStream`. */
  #closeAt = Infinity;

  constructor(connection: Connection, redecided: RedecidedTurns | undefined) {
    this.#connection = connection;
    this.#redecided = redecided;
    this.#forces = connection.rows.filter(({ way, frame }) => way === 'sent' && typeOf(frameOf(frame)) === 'ForceEndTurn').length;
  }

  play(queue: ActionQueue<Frame>, frames: Observable<Frame>, out: Subscriber<Frame>): void {
    const { open } = this.#connection;
    const send = (frame: Frame) => {
      this.#sent++;
      const type = typeOf(frame);
      if (type === 'CloseStream') this.#closeAt = asyncScheduler.now();
      queue.runDue();
      if (type === 'ForceEndTurn' && this.#forces-- <= 0) this.#redecided?.force().forEach((frame) => out.next(frame));
    };
    const listen = () => out.add(frames.subscribe({ next: send, error: (error: unknown) => out.error(error) }));
    const opening = open ? [{ due: open.at, place: open.place, run: listen }] : [];
    queue.add([...opening, ...this.#actions()]);
  }

  #actions(): readonly Action<Frame>[] {
    const { rows, end } = this.#connection;
    const actions: Action<Frame>[] = [];
    let sent = 0;
    let sentAt: number | undefined;
    let closeAt: number | undefined;
    const answer = ({ at, place }: { readonly at: number; readonly place: number }, run: Action<Frame>['run']) =>
      actions.push(this.#answer({ at, place, after: sentAt === at ? sent : 0, closeAt }, run));
    for (const row of rows) {
      const frame = frameOf(row.frame);
      if (row.way === 'got') {
        answer(row, (out) => (this.#redecided?.replace(frame) ?? [frame]).forEach((one) => out.next(one)));
        continue;
      }
      sent++;
      sentAt = row.at;
      if (typeOf(frame) === 'CloseStream') closeAt ??= row.at;
    }
    if (end) answer(end, (out) => (end.error ? out.error(fromRecordedError(end.error)) : out.complete()));
    return actions;
  }

  /** `after`: how many frames must have been sent before. `closeAt`: when the recording sent `CloseStream`, if that came first. */
  #answer(
    { at, place, after, closeAt }: { at: number; place: number; after: number; closeAt: number | undefined },
    run: Action<Frame>['run'],
  ): Action<Frame> {
    const due = () => (closeAt === undefined ? at : this.#closeAt + at - closeAt) + (this.#sent < after ? slackMs : 0);
    return {
      place,
      run,
      get due() {
        return due();
      },
    };
  }
}

const typeOf = (frame: Frame) => messageOf(frame)?.['type'];
