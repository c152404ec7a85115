import { asyncScheduler, delay, Observable, Subscription, timer, type Subscriber } from 'rxjs';
import { WireError } from '../../src/errors.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';

/** The behaviour of the service where the docs leave it open, and its faults. */
export interface FarConfig {
  readonly firstMs?: number;
  readonly clearMs?: number;
  readonly oneWayMs?: number;
  /** Frames that were on their way when a clear came. */
  readonly lateFrames?: number;
  readonly flushedWhenCut?: boolean;
  /** Bytes of a frame; odd ones cut samples. */
  readonly frameBytes?: number;
  /** The clears, counted from 1 over all sockets, that are not confirmed. */
  readonly lostClears?: readonly number[];
  /** The flushes, counted likewise, that are refused beside those over the limit. */
  readonly refusedFlushes?: readonly number[];
  /** The flushes, counted likewise, at which the socket is lost. */
  readonly lostSockets?: readonly number[];
}

/** What it saw. */
export interface FarLog {
  sockets: number;
  open: number;
  /** Every flush that was not refused: when, and of which text. */
  spoken: { at: number; text: string }[];
  flushes: number;
  clears: number;
  /** What a service would have punished. */
  breaches: string[];
}

export const newLog = (): FarLog => ({ sockets: 0, open: 0, spoken: [], flushes: 0, clears: 0, breaches: [] });

const frameMs = 5;
const minuteMs = 60_000;

/** The sound of a text is the text, forty times over, so that a test knows whose sound it hears. */
export const soundOf = (text: string): Uint8Array => new TextEncoder().encode(text.repeat(40));

/** Aura's end of `/v1/speak` (docs/wire/aura.md A2 to A4), in the time of RxJS. It records every breach of the protocol. */
export function farSide(log: FarLog, config: FarConfig = {}): Wire {
  return (frames) =>
    new Observable((subscriber) => {
      log.sockets += 1;
      log.open += 1;
      subscriber.add(() => (log.open -= 1));
      const socket = new FarSocket(subscriber, log, config);
      const { oneWayMs = 30 } = config;
      subscriber.add(socket.lifetime);
      subscriber.add(frames.pipe(delay(oneWayMs)).subscribe((frame) => socket.take(frame)));
    });
}

class FarSocket {
  readonly lifetime = new Subscription();
  readonly #send: (frame: Frame) => void;
  readonly #lose: () => void;
  readonly #log: FarLog;
  readonly #config: Required<FarConfig>;
  readonly #flushes: number[] = [];
  readonly #characters: { at: number; count: number }[] = [];
  readonly #jobs: string[] = [];
  #buffer = '';
  #clearing = 0;
  #rest: Uint8Array[] = [];
  #work: Subscription | undefined;

  constructor(out: Subscriber<Frame>, log: FarLog, config: FarConfig) {
    const defaults = { firstMs: 130, clearMs: 60, oneWayMs: 30, lateFrames: 2, flushedWhenCut: false, frameBytes: 64 };
    this.#config = { ...defaults, lostClears: [], refusedFlushes: [], lostSockets: [], ...config };
    this.#log = log;
    this.#send = (frame) => this.#later(this.#config.oneWayMs, () => out.next(frame));
    this.#lose = () => out.error(new WireError('closed', 'lost', { retryable: true, closeCode: 1006 }));
    this.#send('{"type":"Metadata","request_id":"far"}');
  }

  take(frame: Frame): void {
    const { type, text } = JSON.parse(String(frame)) as { type: string; text: string };
    if (type === 'Speak') this.#speak(text);
    else if (type === 'Flush') this.#flush();
    else if (type === 'Clear') this.#clear();
    else this.#log.breaches.push(`unknown ${type}`);
  }

  #speak(text: string): void {
    const now = asyncScheduler.now();
    this.#characters.push({ at: now, count: text.length });
    const lately = this.#characters.filter(({ at }) => at > now - minuteMs).reduce((sum, { count }) => sum + count, 0);
    if (text.length > 2000) this.#log.breaches.push(`${text.length} characters in one Speak`);
    if (text.trim() === '') this.#log.breaches.push('an empty Speak');
    if (lately > 2400) this.#log.breaches.push(`${lately} characters in a minute`);
    this.#buffer += text;
  }

  #flush(): void {
    const now = asyncScheduler.now();
    this.#log.flushes += 1;
    if (this.#config.lostSockets.includes(this.#log.flushes)) {
      this.#lose();
      return;
    }
    const full = this.#flushes.filter((at) => at > now - minuteMs).length >= 20;
    if (full) this.#log.breaches.push('a flush too many');
    if (full || this.#config.refusedFlushes.includes(this.#log.flushes)) {
      this.#send('{"type":"Warning","code":"EXCESSIVE_FLUSH","description":"flush allowance used up"}');
      return;
    }
    this.#flushes.push(now);
    this.#log.spoken.push({ at: now, text: this.#buffer });
    this.#jobs.push(this.#buffer);
    this.#buffer = '';
    this.#run();
  }

  /** Nothing new is spoken before it is confirmed: what follows a `Cleared` is of what came after its `Clear`. */
  #clear(): void {
    const { lateFrames, flushedWhenCut, clearMs, lostClears } = this.#config;
    if (this.#work !== undefined) {
      this.#work.unsubscribe();
      this.#work = undefined;
      for (const frame of this.#rest.splice(0, lateFrames)) this.#send(frame);
      if (flushedWhenCut) this.#send('{"type":"Flushed","sequence_id":0}');
    }
    this.#jobs.length = 0;
    this.#buffer = '';
    this.#log.clears += 1;
    if (lostClears.includes(this.#log.clears)) return;
    this.#clearing += 1;
    this.#later(clearMs, () => {
      this.#send('{"type":"Cleared","sequence_id":0}');
      this.#clearing -= 1;
      this.#run();
    });
  }

  /** Says the next text: its sound in frames, faster than real time, and then that it was all. */
  #run(): void {
    if (this.#work !== undefined || this.#clearing > 0 || this.#jobs.length === 0) return;
    this.#rest = framesOf(soundOf(this.#jobs.shift()!), this.#config.frameBytes);
    const next = (waitMs: number): void => {
      this.#work = this.#later(waitMs, () => {
        const frame = this.#rest.shift();
        if (frame !== undefined) {
          this.#send(frame);
          next(frameMs);
          return;
        }
        this.#send('{"type":"Flushed","sequence_id":0}');
        this.#work = undefined;
        this.#run();
      });
    };
    next(this.#config.firstMs);
  }

  #later(ms: number, then: () => void): Subscription {
    const waiting = timer(ms).subscribe(then);
    this.lifetime.add(waiting);
    return waiting;
  }
}

function framesOf(sound: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(sound.length / size);
  return Array.from({ length: count }, (_, index) => sound.slice(index * size, (index + 1) * size));
}
