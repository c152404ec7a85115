import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, tap } from 'rxjs';
import type { AgentEvent } from '../../operators/events.ts';
import { agent, aura, flux, openai, speaker } from '../../src/index.ts';
import { callerAudio } from '../../src/testing/callerAudio.ts';

// Run as a process of its own, with the far sides of its callers and for how long as JSON: holds calls in real time over
// sockets, and prints what was alive and in memory on the way.

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export interface Callers {
  /** Each has a caller who calls again and again; the last one makes a single call that takes all the time. */
  readonly sides: readonly { readonly deepgramUrl: string; readonly openaiUrl: string }[];
  readonly minutes: number;
}

/** What the calls came to, printed as JSON. */
export interface Soaked {
  readonly calls: number;
  /** Calls that ended with an error. */
  readonly broken: readonly string[];
  /** How many events of each type; failures by stage and code. */
  readonly events: Readonly<Record<string, number>>;
  /** Bytes in use after a collection, each time when the short calls were over. */
  readonly heap: readonly number[];
  /** What keeps the process alive, and how many listeners the process has: before the calls, and after them. */
  readonly before: Alive;
  readonly after: Alive;
  /** Warnings and rejections that nobody handled. */
  readonly complaints: readonly string[];
}

interface Alive {
  readonly handles: readonly string[];
  readonly listeners: number;
}

const callMs = 15_000;
/** Within this time HTTP closes by itself the connections that it kept. */
const restMs = 10_000;

const events: Record<string, number> = {};
const broken: string[] = [];
const complaints: string[] = [];
let calls = 0;

function see(event: AgentEvent): void {
  const kind = event.type === 'Failure' ? `Failure ${event.stage} ${event.code}` : event.type;
  events[kind] = (events[kind] ?? 0) + 1;
}

async function call({ deepgramUrl, openaiUrl }: Callers['sides'][number], ms: number): Promise<void> {
  const key = { apiKey: 'soak' };
  const stages = {
    listen: flux({ ...key, baseUrl: deepgramUrl, eagerEotThreshold: 0.4 }),
    think: openai({ ...key, baseUrl: openaiUrl, model: 'gpt-4o-mini' }),
    speak: aura({ ...key, baseUrl: deepgramUrl }),
    play: speaker(),
  };
  calls++;
  try {
    await lastValueFrom(callerAudio(ms).pipe(agent(stages, { firstTokenMs: 1000, tokenGapMs: 1000 }), tap(see)));
  } catch (error) {
    broken.push(String(error));
  }
}

function alive(): Alive {
  const listeners = process.eventNames().reduce((count, name) => count + process.listenerCount(name), 0);
  return { handles: process.getActiveResourcesInfo().sort(), listeners };
}

/** Until the connections that HTTP keeps for a next request are closed; `restMs` at the most. */
async function rest(): Promise<void> {
  const until = Date.now() + restMs;
  const isOpen = () => process.getActiveResourcesInfo().some((kind) => /^TCP|^TLS/u.test(kind));
  while (isOpen() && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
}

async function soak({ sides, minutes }: Callers): Promise<Soaked> {
  process.on('warning', (warning) => complaints.push(String(warning)));
  process.on('unhandledRejection', (reason) => complaints.push(String(reason)));
  const heap: number[] = [];
  const until = Date.now() + minutes * 60_000;
  const [longest, ...others] = [...sides].reverse();
  if (!longest) throw new Error('Nobody is there to call.');

  await Promise.all(others.map((side) => call(side, 2000))); // what is loaded at first use is there before
  await rest();
  const before = alive();
  const long = call(longest, until - Date.now());
  while (Date.now() + callMs < until) {
    await Promise.all(others.map((side) => call(side, callMs)));
    collect();
    heap.push(process.memoryUsage().heapUsed);
  }
  await long;
  await rest();
  return { calls, broken, events, heap, before, after: alive(), complaints };
}

console.log(JSON.stringify(await soak(JSON.parse(process.argv[2] ?? '{}') as Callers)));
