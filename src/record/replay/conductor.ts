import { asyncScheduler, Subscription, type Subscriber } from 'rxjs';
import type { Line } from '../file/lines.ts';
import { cameIn } from '../file/ties.ts';

/** Something that a far side did. */
export interface Deed<T> {
  /** When it is done, on the RxJS clock. It may change; `hurry` looks again. */
  readonly due: number;
  /** Its place in the recording: of what is due in the same millisecond the first comes first. */
  readonly place: number;
  readonly give: (out: Subscriber<T>) => void;
}

interface Player {
  readonly head: { readonly place: number } | undefined;
  readonly isReady: boolean;
  readonly giveHead: () => void;
  readonly arm: () => void;
}

/** Keeps the far sides of a replay in the order of the recording, where several have something to do at once. */
export class Conductor {
  readonly #players = new Set<Player>();
  readonly #wanted = new Set<Player>();
  /** When what came in did; and when that of it which was late. */
  readonly #times: ReadonlySet<number>;
  readonly #lateTimes: ReadonlySet<number>;
  readonly #late: ReadonlySet<number>;
  #busy = false;
  /** The millisecond whose timers have run. */
  #timersAt = -1;

  readonly #lagMs: number;

  /** `lines`: of the recording. `lagMs`: so much later than today its machine may have done things, being busy. */
  constructor(lines: readonly Line[] = [], { lagMs = 0 }: { readonly lagMs?: number } = {}) {
    this.#lagMs = lagMs;
    const late = (line: Line) => 'late' in line && line.late === true;
    this.#times = new Set(lines.filter(cameIn).map(({ at }) => at));
    this.#lateTimes = new Set(lines.filter(late).map(({ at }) => at));
    this.#late = new Set(lines.flatMap((line, place) => (late(line) ? [place] : [])));
  }

  /**
   * From now on what came in is there before timers of its millisecond, but for what was late: that is there after them. To be called
   * before any timer is set.
   */
  start(): Subscription {
    const beats = new Subscription();
    for (const at of this.#times) beats.add(asyncScheduler.schedule(() => this.#beat(beats), at));
    return beats;
  }

  /** From when on the answer counts to something that is done now, and was done then. */
  answersFrom(then: number | undefined): number {
    const now = asyncScheduler.now();
    return then !== undefined && then > now && then <= now + this.#lagMs ? then : now;
  }

  isHeldBack(place: number): boolean {
    const now = asyncScheduler.now();
    return this.#late.has(place) && this.#lateTimes.has(now) && this.#timersAt !== now;
  }

  enter(player: Player): void {
    this.#players.add(player);
  }

  leave(player: Player): void {
    this.#players.delete(player);
    this.#wanted.delete(player);
  }

  /** Lets a player do what is to be done now, and before it the others what came before it. */
  run(player: Player): void {
    this.#wanted.add(player);
    if (this.#busy) return; // what is done may be answered, and the answer again
    this.#busy = true;
    for (const [next] of iterate(this.#wanted)) {
      if (next.isReady) this.#first(next).giveHead();
      else {
        this.#wanted.delete(next);
        next.arm();
      }
    }
    this.#busy = false;
  }

  #beat(beats: Subscription): void {
    this.#runAll();
    const now = asyncScheduler.now();
    if (!this.#lateTimes.has(now)) return;
    const afterTimers = () => {
      this.#timersAt = now;
      this.#runAll();
    };
    beats.add(asyncScheduler.schedule(afterTimers));
  }

  #runAll(): void {
    for (const player of this.#players) this.run(player);
  }

  #first(among: Player): Player {
    const place = (player: Player) => player.head?.place ?? Infinity;
    return [...this.#players].reduce((first, one) => (one.isReady && place(one) < place(first) ? one : first), among);
  }
}

/** The first of a set that changes, again and again, until it is empty. */
function* iterate<T>(set: ReadonlySet<T>): Generator<readonly [T]> {
  for (let [first] = set; first !== undefined; [first] = set) yield [first];
}

/** One far side: gives a subscriber what is due, in order, and one timer at a time. */
export class Playing<T> implements Player {
  readonly #out: Subscriber<T>;
  readonly #conductor: Conductor;
  #queue: Deed<T>[] = [];
  #timer: { readonly of: Deed<T>; readonly due: number; readonly subscription: Subscription } | undefined;

  constructor(conductor: Conductor, out: Subscriber<T>) {
    this.#conductor = conductor;
    this.#out = out;
    conductor.enter(this);
    out.add(() => {
      this.#queue = [];
      this.arm();
      conductor.leave(this);
    });
  }

  get head(): Deed<T> | undefined {
    return this.#queue[0];
  }

  get isReady(): boolean {
    const { head } = this;
    return head !== undefined && head.due <= asyncScheduler.now() && !this.#conductor.isHeldBack(head.place);
  }

  add(deeds: readonly Deed<T>[]): void {
    this.#queue.push(...deeds);
    this.arm();
  }

  /** Forgets what does not hold. */
  keep(holds: (deed: Deed<T>) => boolean): void {
    this.#queue = this.#queue.filter(holds);
    this.arm();
  }

  /** Does at once what may be done at once. */
  hurry(): void {
    this.#conductor.run(this);
  }

  giveHead(): void {
    this.#queue.shift()?.give(this.#out);
    this.arm();
  }

  arm(): void {
    const { head } = this;
    if (head && this.#timer?.of === head && this.#timer.due === head.due) return; // it keeps its place among other timers
    this.#timer?.subscription.unsubscribe();
    this.#timer = undefined;
    if (!head || head.due === Infinity) return;
    const subscription = asyncScheduler.schedule(() => this.hurry(), Math.max(0, head.due - asyncScheduler.now()));
    this.#timer = { of: head, due: head.due, subscription };
  }
}
