import { asyncScheduler, delay, Observable, Subscription, timer, type Subscriber } from 'rxjs';
import { WireError } from '../../src/errors.ts';
import type { Frame, Wire } from '../../src/wire/wire.ts';

/** The behaviour of the service where the docs leave it open, and its faults. */
export interface AuraConfig {
  readonly firstMs?: number;
  readonly clearMs?: number;
  readonly oneWayMs?: number;
  /** Frames that were on their way when a clear arrived. */
  readonly lateFrames?: number;
  readonly flushedWhenCut?: boolean;
  /** Bytes of a frame; odd ones cut samples. */
  readonly frameBytes?: number;
  /** The clears, counted from 1 over all sockets, that are not confirmed. */
  readonly lostClears?: readonly number[];
  /** The flushes, counted the same way, that are refused beside those over the limit. */
  readonly refusedFlushes?: readonly number[];
  /** The flushes, counted the same way, at which the socket is lost. */
  readonly lostSockets?: readonly number[];
}

/** The requests it received. */
export interface AuraLog {
  sockets: number;
  open: number;
  /** Every flush that was not refused: its time and text. */
  spoken: { at: number; text: string }[];
  flushes: number;
  clears: number;
  /** Breaches of the protocol. */
  breaches: string[];
}

export const newLog = (): AuraLog => ({ sockets: 0, open: 0, spoken: [], flushes: 0, clears: 0, breaches: [] });

const frameMs = 5;
const minuteMs = 60_000;

/** The sound of a text is the text, forty times over, so that a test can recognise it. */
export const soundOf = (text: string): Uint8Array => new TextEncoder().encode(text.repeat(40));

/** Aura's end of `/v1/speak` (docs/wire/aura.md A2 to A4), in the time of RxJS. It records every breach of the protocol. */
export function scriptedAura(log: AuraLog, config: AuraConfig = {}): Wire {
  return (frames) =>
    new Observable((subscriber) => {
      log.sockets += 1;
      log.open += 1;
      subscriber.add(() => (log.open -= 1));
      const socket = new ScriptedSocket(subscriber, log, config);
      const { oneWayMs = 30 } = config;
      subscriber.add(socket.lifetime);
      subscriber.add(frames.pipe(delay(oneWayMs)).subscribe((frame) => socket.take(frame)));
    });
}

class ScriptedSocket {
  readonly lifetime = new Subscription();
  readonly #send: (frame: Frame) => void;
  readonly #lose: () => void;
  readonly #log: AuraLog;
  readonly #config: Required<AuraConfig>;
  readonly #flushes: number[] = [];
  readonly #characters: { at: number; count: number }[] = [];
  readonly #jobs: string[] = [];
  #buffer = '';
  #clearing = 0;
  #rest: Uint8Array[] = [];
  #work: Subscription | undefined;

  constructor(out: Subscriber<Frame>, log: AuraLog, config: AuraConfig) {
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

  /** No new text is spoken before the `Cleared`: later audio belongs to text that was sent after the `Clear`. */
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

  /** Speaks the next text: its sound in frames, faster than real time, then `Flushed`. */
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
