import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { interval, map } from 'rxjs';
import { scripted } from '../../src/emulator/scenario/index.ts';
import { emulator } from '../../src/emulator/server/server.ts';
import { flux } from '../../src/index.ts';

// Run as a process of its own: `flux URL` sends audio for a minute to a service that never reads; `emulator` serves for a
// minute, having printed its address. Prints at last how many bytes that took, at the most.

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const minute = 60_000;

function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** 48 kHz, so that more is sent than the buffers of the system hold. */
const audio = (ms: number) => ({
  data: new Uint8Array(ms * 96),
  encoding: 'linear16' as const,
  sampleRateHz: 48_000,
  channels: 1 as const,
});

/** What ends it, and tells what came of it. */
type End = () => Promise<readonly string[]>;

function calling(baseUrl: string): End {
  const failures: string[] = [];
  const call = interval(80).pipe(
    map(() => audio(80)),
    flux({ apiKey: 'unread', baseUrl }),
  );
  const subscription = call.subscribe({
    next: (event) => event.type === 'Failure' && failures.push(event.code),
    error: (error: unknown) => failures.push(String(error)),
  });
  return () => {
    subscription.unsubscribe();
    return Promise.resolve(failures);
  };
}

async function serving(): Promise<End> {
  const { deepgramUrl, openaiUrl, events, close } = await emulator({
    backend: scripted({ model: { tokenMs: 0, replies: ['word '.repeat(5000)] } }),
  });
  const asked: string[] = [];
  events.subscribe(({ service, kind, status }) => asked.push(`${service} ${kind} ${status}`));
  console.log(JSON.stringify([deepgramUrl, openaiUrl]));
  return async () => {
    await close();
    return asked;
  };
}

await Promise.all([import('@deepgram/sdk'), import('ws')]); // what is loaded at first use is no cost of a peer
const [role, baseUrl = ''] = process.argv.slice(2);
const before = inUse();
const end = role === 'flux' ? calling(baseUrl) : await serving();
let most = before;
const looking = setInterval(() => (most = Math.max(most, inUse())), 1000);
setTimeout(() => {
  clearInterval(looking);
  void end().then((told) => console.log(JSON.stringify({ told, bytes: most - before })));
}, minute);
