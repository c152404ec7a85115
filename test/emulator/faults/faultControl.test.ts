import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emulator, scripted, type Emulator, type Fault } from '../../../src/emulator/index.ts';
import { command, folder } from '../../cli/sluiceProcess.ts';
import { Client, refusal, type Json } from '../server/client.ts';

const query = 'model=flux-general-en&encoding=linear16&sample_rate=16000';
const drop: Fault = { service: 'listen', kind: 'close', code: 1011, after: 'Connected' };
const refuse: Fault = { service: 'listen', kind: 'refuse', status: 503 };

async function serveWith(options: { control?: boolean; faults?: readonly Fault[] }): Promise<Emulator> {
  const server = await emulator({ backend: scripted({}), ...options });
  onTestFinished(() => server.close());
  return server;
}
const faultsOf = ({ port }: { port: number }, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}/faults`, init);
const posted = (fault: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(fault) });
const upgrade = (server: Emulator) => new Client(`${server.deepgramUrl}/v2/listen?${query}`);

describe('POST /faults', () => {
  it('is a 404 by default', async () => {
    const server = await serveWith({});
    expect((await faultsOf(server, posted(refuse))).status).toBe(404);
    expect((await faultsOf(server)).status).toBe(404);
    const client = await upgrade(server).opened();
    await client.until(({ type }) => type === 'Connected');
    client.socket.terminate();
  });

  it('adds one fault or several for later connections', async () => {
    const server = await serveWith({ control: true });
    const before = await upgrade(server).opened();
    const answer = await faultsOf(server, posted(drop));
    expect([answer.status, await answer.json()]).toStrictEqual([200, { faults: [drop] }]);
    expect((await upgrade(server).closed).code).toBe(1011);
    expect(await (await faultsOf(server, posted([refuse]))).json()).toStrictEqual({ faults: [drop, refuse] });
    expect((await refusal(`${server.deepgramUrl}/v2/listen?${query}`)).status).toBe(503);
    expect(before.socket.readyState).toBe(before.socket.OPEN);
    before.socket.terminate();
  });

  it('counts connections from the start of the server', async () => {
    const server = await serveWith({ control: true });
    const first = await upgrade(server).opened();
    await faultsOf(server, posted({ ...drop, connection: 1 }));
    expect((await upgrade(server).closed).code).toBe(1011);
    first.socket.terminate();
  });

  it('lists faults and removes them', async () => {
    const server = await serveWith({ control: true, faults: [refuse] });
    expect(await (await faultsOf(server)).json()).toStrictEqual({ faults: [refuse] });
    expect(await (await faultsOf(server, { method: 'DELETE' })).json()).toStrictEqual({ faults: [] });
    const client = await upgrade(server).opened();
    client.socket.terminate();
    expect((await faultsOf(server, { method: 'PUT' })).status).toBe(405);
  });

  it.each([
    ['{ "service": "listen" }', 'faults:1: kind is missing'],
    ['[{ "service": "listen",\n"kind": "drop", "ms": 1 }]', /^faults:2: \[0\]\.ms is not a field here/],
    ['drop', "faults:1: not JSON: Unexpected character 'd' found"],
  ])('refuses %s with 400, and adds nothing', async (body, message) => {
    const server = await serveWith({ control: true });
    const answer = await faultsOf(server, { method: 'POST', body });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toMatch(message);
    expect(await (await faultsOf(server)).json()).toStrictEqual({ faults: [] });
  });

  it('answers only if Host is the loopback', async () => {
    const { port } = await serveWith({ control: true });
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/faults', headers: { host: 'example.com' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  });
});

describe('sluice emulate', () => {
  const scenario = new URL('../../../fixtures/calls/two-turns.json', import.meta.url).pathname;

  it('takes several faults by flag, and more by POST with --control', async () => {
    const flags = ['--fault', JSON.stringify({ ...refuse, times: 1 }), '--fault', JSON.stringify(drop), '--control', '--json'];
    const server = command(['emulate', '--scenario', scenario, ...flags]);
    const [first] = (await server.says(/\n/)).split('\n');
    const { deepgramUrl } = JSON.parse(first!) as Record<'deepgramUrl', string>;
    const url = `${deepgramUrl}/v2/listen?${query}`;
    expect((await refusal(url)).status).toBe(503);
    expect((await new Client(url).closed).code).toBe(1011);
    const all = (await (await faultsOf({ port: Number(new URL(deepgramUrl).port) })).json()) as Json;
    expect(all['faults']).toHaveLength(2);
    server.child.kill('SIGINT');
    expect((await server.ends).code).toBe(130);
  });

  it.each([
    ['{"service":"listen"}', '--fault:1: kind is missing'],
    ['{"service":"mail","kind":"drop"}', '--fault:1: service must be one of listen, speak, chat'],
    ['drop', "--fault:1: not JSON: Unexpected character 'd' found"],
  ])('exits with 2 and one line for the fault %s', async (fault, line) => {
    expect(await command(['emulate', '--scenario', scenario, '--fault', fault]).ends).toStrictEqual({
      code: 2,
      stdout: '',
      stderr: `sluice: ${line}\n`,
    });
  });

  it('exits with 2 and one line for an invalid fault of the scenario', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'x.json'), '{ "faults": [\n { "service": "chat", "kind": "odd" } ] }');
    expect(await command(['emulate', '--scenario', 'x.json'], { cwd }).ends).toStrictEqual({
      code: 2,
      stdout: '',
      stderr: 'sluice: x.json:2: faults[0].service must be one of speak\n',
    });
  });
});
