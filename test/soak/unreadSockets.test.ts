import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { start, type Running } from '../cli/sluiceProcess.ts';

const mostBytes = 10 << 20;
const program = new URL('unread.ts', import.meta.url).pathname;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function run(...args: readonly string[]): Running {
  return start(process.execPath, ['--import', import.meta.resolve('tsx'), program, ...args], {
    cwd: import.meta.dirname,
    after: (cleanUp) => cleanUps.push(() => void cleanUp()),
  });
}

/** What it printed last. */
async function outcome({ ends }: Running): Promise<{ readonly told: readonly string[]; readonly bytes: number }> {
  const { code, stdout, stderr } = await ends;
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { told: string[]; bytes: number };
}

describe('a peer that never reads, in a minute,', { timeout: 100_000 }, () => {
  it('costs its client less than 10 MiB, and counts as a lost connection', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    cleanUps.push(() => server.close());
    let connections = 0;
    server.on('connection', (client, request) => {
      connections++;
      client.send('{"type":"Connected","request_id":"r","sequence_id":0}', () => request.socket.pause());
      cleanUps.push(() => client.terminate());
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const { told, bytes } = await outcome(run('flux', `ws://127.0.0.1:${port}`));

    expect(told).toContain('silent');
    expect(connections).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it('costs the emulator less than 10 MiB for any amount of sound, and is disconnected', async () => {
    const serving = run('emulator');
    const [deepgramUrl] = await serving.says(/\n/u).then((line) => JSON.parse(line) as [string, string]);
    const url = `${deepgramUrl}/v1/speak?encoding=linear16&sample_rate=48000`;
    const client = new WebSocket(url, { headers: { authorization: 'Token x' } });
    cleanUps.push(() => client.terminate());
    client.on('upgrade', (response) => response.socket.pause());
    client.on('open', () => {
      for (let flush = 0; flush < 20; flush++) {
        client.send(JSON.stringify({ type: 'Speak', text: 'word '.repeat(300) }));
        client.send('{"type":"Flush"}');
      }
    });

    const { told, bytes } = await outcome(serving);

    expect(told).toEqual(['speak upgrade 101', 'speak close 1006']);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it('costs the emulator less than 10 MiB for the longest answer', async () => {
    const serving = run('emulator');
    const [, openaiUrl] = await serving.says(/\n/u).then((line) => JSON.parse(line) as [string, string]);
    const { hostname, port } = new URL(openaiUrl);
    const body = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: 'hi' }] });
    const client = connect(Number(port), hostname, () => {
      client.pause();
      client.write(`POST /v1/chat/completions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer x\r\n`);
      client.write(`Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    cleanUps.push(() => client.destroy());

    const { told, bytes } = await outcome(serving);

    expect(told).toContain('chat request 200');
    expect(bytes).toBeLessThan(mostBytes);
  });
});
